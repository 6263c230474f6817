/**
 * A version's files as a Merkle tree over their paths: {@link io.moraine.content.tree.VersionTree}
 * reads, changes and compares trees whose nodes lie anywhere.
 *
 * <p>The same files give the same nodes whatever the history, because where a node ends is decided
 * by the paths alone ({@code CutWindow}). {@code LevelMerge} changes one level and re-cuts only
 * around what changed; {@code ClashGuard} refuses a file and a directory of one name; {@code
 * LevelCursor} walks a level; {@code Node} is the stored form.
 */
package io.moraine.content.tree;
