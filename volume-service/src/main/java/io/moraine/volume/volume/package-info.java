/**
 * Volumes as rows: team storage, and temporary volumes that live as long as their run. A volume is
 * {@code pending} before its driver is asked, {@code provisioned} once it is there, {@code
 * releasing} before it is taken away and {@code released} when it is gone, so that a crash at any
 * point leaves a row that says what to repeat. {@link io.moraine.volume.volume.Volumes} alone
 * changes phases.
 */
package io.moraine.volume.volume;
