package io.moraine.dataset.hold;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import java.time.Instant;

/** A version that is held, and until when by the database's clock. */
record HeldVersion(
    DatasetId dataset,
    DatasetName name,
    VersionId version,
    Sha256 digest,
    long files,
    long bytes,
    Instant expiresAt) {}
