package io.moraine.dataset.file;

import io.moraine.dataset.content.Store;
import io.moraine.dataset.version.VersionKey;
import io.moraine.dataset.version.VersionState;

/**
 * Where a file is put.
 *
 * @param firstPieceKnown whether the store has the file's first piece
 */
record PutTarget(VersionKey version, Store store, VersionState state, boolean firstPieceKnown) {}
