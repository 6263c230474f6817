package io.moraine.dataset.hook;

import io.moraine.vocabulary.Sha256;

/**
 * A push as it was told of.
 *
 * @param name GitHub's, which is not signed
 * @param payload what was signed
 * @param commit that the ref has now
 */
record Delivery(String name, Sha256 payload, String commit) {}
