/**
 * The bound of a team's cache and who has how much of it. Bytes are reserved before they are
 * written and given back after they were unlinked, so what lies on the disk never passes the bound.
 */
package io.moraine.cache.space;
