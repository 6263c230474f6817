/**
 * Shared storage as cache-service lays it out (docs/architecture.md): the only code that touches
 * files. {@link io.moraine.cache.disk.TeamDisk} is one team's part of it, {@link
 * io.moraine.cache.disk.Contents} the links that say what is there, {@link
 * io.moraine.cache.disk.Filling} a version on its way to becoming visible.
 *
 * <p>What is visible is whole and durable: everything below a directory is synced before it is
 * renamed to where it is seen, and the rename is synced before anything is told of it.
 */
package io.moraine.cache.disk;
