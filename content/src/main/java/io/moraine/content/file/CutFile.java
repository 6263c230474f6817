package io.moraine.content.file;

import io.moraine.content.format.ContentId;
import io.moraine.vocabulary.Sha256;
import java.util.Optional;

/**
 * What a file became: the content that names it in a version, its length, the plain SHA-256 of the
 * whole file, and, if it is larger than 32 MiB, the list of its pieces, which is still to be stored
 * as that content.
 */
public record CutFile(
    ContentId content, long sizeBytes, Sha256 fileSha256, Optional<PieceList> pieces) {}
