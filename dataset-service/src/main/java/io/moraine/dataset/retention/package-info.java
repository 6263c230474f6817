/**
 * What goes without being asked for: committed versions that no rule of their dataset keeps, and
 * open versions that were abandoned. Nothing here deletes by itself: package {@code version} does,
 * and refuses what a hold or a tag keeps.
 */
package io.moraine.dataset.retention;
