/**
 * dataset-service as cache-service sees it. {@link io.moraine.cache.remote.FilesClient} alone moves
 * bytes; {@link io.moraine.cache.remote.DatasetsClient} asks about datasets, tags and versions, and
 * commits. Both block, and tell what can never succeed ({@link
 * io.moraine.cache.remote.RefusedException}) from what may later ({@link java.io.IOException}).
 */
package io.moraine.cache.remote;
