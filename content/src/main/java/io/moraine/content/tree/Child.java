package io.moraine.content.tree;

import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;

/** A node as its parent names it: the last path below it, its digest, and what it sums up. */
record Child(FilePath path, Sha256 digest, long files, long bytes) implements Entry {}
