/**
 * Holds: named, expiring claims on committed versions, so that nothing held is deleted or
 * collected.
 *
 * <p>Taking one locks the version's row while it is committed; deleting a version (or a dataset)
 * takes the row first and looks for holds afterwards. So either the deletion sees the hold, or the
 * hold does not find the version. Only the database's clock counts; an expired hold is none,
 * whether its row is still there or not.
 */
package io.moraine.dataset.hold;
