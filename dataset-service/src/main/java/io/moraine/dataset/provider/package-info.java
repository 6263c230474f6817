/**
 * Storage providers: the buckets in which teams keep their contents. Every team has {@code Gradient
 * Managed}, which is ours.
 */
package io.moraine.dataset.provider;
