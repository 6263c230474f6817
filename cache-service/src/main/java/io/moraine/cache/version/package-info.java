/**
 * A version's life in a team's cache: wanted, filling, cached, evicting; waiting while there is no
 * room for it, failed where it cannot be. The row says what is wanted and how far it is, the disk
 * holds what is there, and workers bring the second to the first: {@code FillVersion} and {@code
 * EvictVersion}. Each state change and its event are one transaction. Events and requests write
 * rows and nothing else, so any of it can be repeated and killed anywhere.
 *
 * <p>A row that leaves {@code cached} does so before anything of the version goes; one that enters
 * it does so after everything is durable. {@code ReconcileVersions} heals what a kill left between.
 */
package io.moraine.cache.version;
