/**
 * The commands about datasets and their files: push, pull, diff, log, datasets, files, verify, tag
 * and config. Each is a class that reads its words and says what was done; {@link
 * io.moraine.cli.data.PushTree} and {@link io.moraine.cli.data.PullTree} do the two large ones.
 */
package io.moraine.cli.data;
