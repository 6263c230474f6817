/**
 * A directory of this machine as the files of a version: {@link io.moraine.cli.tree.LocalTree}
 * walks it, {@link io.moraine.cli.tree.IgnoreRules} leaves out what {@code .moraineignore} says,
 * and {@link io.moraine.cli.tree.StatCache} remembers what was hashed, so that what did not change
 * is not read again.
 */
package io.moraine.cli.tree;
