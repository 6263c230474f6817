/**
 * What differs between two committed versions of a dataset. Trees of equal parts have equal nodes,
 * so it is read and answered by what changed, not by what exists.
 */
package io.moraine.dataset.diff;
