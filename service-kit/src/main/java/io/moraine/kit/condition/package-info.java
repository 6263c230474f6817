/**
 * Changes that are made only to what the caller has seen: an answer carries the {@code ETag} of the
 * thing, a change may name it in {@code If-Match}, and is refused with 412 when the thing has
 * changed since. The comparison is part of the transaction that changes the thing, under its lock.
 */
package io.moraine.kit.condition;
