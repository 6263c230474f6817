package io.moraine.dataset.content;

import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.UrlSigner;

/**
 * The clients of one bucket.
 *
 * @param revision of the provider that they were made for
 * @param enforcesChecksums whether bytes of another SHA-256 than they were sent with are refused
 * @param keepsWhatIsThere whether a PUT leaves an object that is there as it is
 */
record Bucket(
    Lane lane,
    long revision,
    ObjectStore objects,
    UrlSigner urls,
    ProviderGate gate,
    boolean enforcesChecksums,
    boolean keepsWhatIsThere) {}
