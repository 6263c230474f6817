/**
 * How volumes are made and unmade on one kind of infrastructure. Every driver keeps the promises of
 * {@link io.moraine.volume.driver.VolumeDriver}, and the suite {@code VolumeDriverContract} beside
 * the tests of this package holds it to them.
 */
package io.moraine.volume.driver;
