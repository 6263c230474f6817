/**
 * Announced files: those that somebody was given a URL for. The original client ignores that a PUT
 * failed, so the server remembers that one was to come; the commit refuses while one is missing.
 *
 * <p>An announcement is settled when a file is staged at its path, by whatever way, or the path is
 * deleted, in the statement that does so ({@link
 * io.moraine.dataset.announce.AnnouncementRules#settle}); or when it is given up. Who announces
 * shares the version's row, as puts do; who commits wants it alone and looks afterwards: so no
 * announcement slips in behind. Knows ids only.
 */
package io.moraine.dataset.announce;
