package io.moraine.cli.tree;

import io.moraine.vocabulary.FilePath;
import java.nio.file.Path;

/**
 * A regular file below a directory, and by what a change of it would be noticed. A tree has many:
 * they do not each know where the directory is.
 *
 * @param path its place below the directory
 * @param stat what the file system said of it
 */
public record TreeFile(FilePath path, Stat stat) {
  /** Where it is, the directory being {@code root}. */
  public Path below(Path root) {
    return root.resolve(path.toString());
  }
}
