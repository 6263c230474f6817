package io.moraine.dataset.multipart;

import io.moraine.dataset.content.Store;
import io.moraine.dataset.version.VersionKey;
import io.moraine.dataset.version.VersionState;
import io.moraine.vocabulary.FilePath;
import java.time.Instant;
import java.util.Optional;

/**
 * An upload as it is now.
 *
 * @param state of its version
 * @param etag of the file, without quotes, once it is completed
 */
public record LiveUpload(
    String id,
    VersionKey version,
    Store store,
    VersionState state,
    FilePath path,
    Instant createdAt,
    Optional<String> etag) {}
