/**
 * Tags: movable names for committed versions. A tag knows its version's id and no more; setting one
 * locks the version's row, so that a version that is being deleted takes no new tag.
 */
package io.moraine.dataset.tag;
