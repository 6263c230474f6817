package io.moraine.content.tree;

import io.moraine.vocabulary.FilePath;

/** One entry of a node: a file in a leaf, a child in an inner node. Ordered by its path. */
sealed interface Entry permits FileEntry, Child {
  /** The file's path, or the last path below the child. */
  FilePath path();
}
