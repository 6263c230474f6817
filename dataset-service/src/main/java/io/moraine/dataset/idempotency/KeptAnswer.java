package io.moraine.dataset.idempotency;

import java.util.Optional;

/**
 * What a request was answered with.
 *
 * @param body as it was sent; empty for an answer without one, and for one that is not kept
 * @param whole whether all of the answer is here
 */
record KeptAnswer(
    int status,
    Optional<String> location,
    Optional<String> etag,
    Optional<String> body,
    boolean whole) {}
