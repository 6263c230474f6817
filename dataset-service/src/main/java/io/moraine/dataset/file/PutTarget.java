package io.moraine.dataset.file;

import io.moraine.dataset.content.Store;
import io.moraine.dataset.version.VersionKey;
import io.moraine.dataset.version.VersionState;

/**
 * Where a file is put.
 *
 * @param firstPieceKnown whether the store has the file's first piece, and not only until it is
 *     collected
 * @param objectGoing whether the object that the first piece would be is just being deleted
 * @param untouched whether nothing was put into the version for an hour
 */
record PutTarget(
    VersionKey version,
    Store store,
    VersionState state,
    boolean firstPieceKnown,
    boolean objectGoing,
    boolean untouched) {}
