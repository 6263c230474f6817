/**
 * {@code moraine demo}: the main job on real data, step by step ({@link io.moraine.cli.demo.Demo}),
 * through the same doors that users and workflow engines have.
 */
package io.moraine.cli.demo;
