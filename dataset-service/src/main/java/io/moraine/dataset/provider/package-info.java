/**
 * Storage providers: the buckets in which teams keep their contents. Every team has {@code Gradient
 * Managed}, which is ours, and may bring buckets of its own.
 *
 * <p>A provider is saved only after a probe of its bucket went well, and remembers what the probe
 * found. Its secret lies sealed in the database and leaves this package in {@link
 * io.moraine.dataset.provider.ProviderBucket} alone, for the clients of buckets. What datasets lie
 * in does not move and does not go: bucket and prefix stay while there are any.
 */
package io.moraine.dataset.provider;
