/**
 * Garbage: contents that no version reaches any more, and objects that hold nothing (ADR 0009).
 *
 * <p>A {@link io.moraine.dataset.collect.Collector run} marks everything that versions reach,
 * clears what was condemned in error, deletes what an earlier run condemned, condemns the rest,
 * packs what lies loose or sparse, and deletes objects that have held nothing for an hour.
 * Invariants: one run at a time for each store (an advisory lock of the run's own connection, which
 * also holds the marks, so that they never outlive it); nothing is deleted that one run alone found
 * unreachable; nothing at all while the bucket has committed versions that the database does not
 * know.
 *
 * <p>It reads the tables of other features, and imports none of them but {@code content} and {@code
 * provider}.
 */
package io.moraine.dataset.collect;
