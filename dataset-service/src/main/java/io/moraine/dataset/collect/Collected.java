package io.moraine.dataset.collect;

import io.moraine.vocabulary.ProviderId;

/**
 * What one run did.
 *
 * @param store the storage provider
 * @param condemned contents that nothing reaches: the next runs delete them after the grace period
 * @param cleared condemned ones that are reached again
 * @param deletedContents condemned by an earlier run, and deleted now
 * @param freedBytes what those took
 * @param deletedObjects objects that had held nothing for an hour
 * @param orphans objects that hold nothing and nobody knew of: deleted in an hour
 * @param repackedPacks new packs that took what lay loose or sparse
 * @param damaged contents that were to be packed anew, but are not what their row says
 */
record Collected(
    ProviderId store,
    long condemned,
    long cleared,
    long deletedContents,
    long freedBytes,
    long deletedObjects,
    long orphans,
    int repackedPacks,
    int damaged) {}
