/**
 * Makes an empty database right again from the buckets: every committed version with its dataset,
 * tags and messages, and nothing that was deleted or never committed.
 *
 * <p>First every object is read once, and what it proves to hold is recorded; then every version
 * whose record has no tombstone, and whose tree is whole, gets its row, a dataset at a time in one
 * transaction. Every step may be repeated, so that one a crash interrupted begins anew and ends the
 * same. Contents are recorded under the kind that a pack names; one that is an object of its own
 * has every kind that its bytes can be read as, of which those that nothing refers to are garbage.
 */
package io.moraine.dataset.rebuild;
