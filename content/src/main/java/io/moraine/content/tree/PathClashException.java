package io.moraine.content.tree;

import io.moraine.vocabulary.FilePath;

/**
 * A version would have a file and, below the same name, another file: {@code a} and {@code a/b}.
 */
public final class PathClashException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient FilePath file;
  private final transient FilePath below;

  PathClashException(FilePath file, FilePath below) {
    super(
        file.quoted()
            + " and "
            + below.quoted()
            + " cannot be in one version: the first would be a"
            + " file and a directory. Delete or rename one of them.");
    this.file = file;
    this.below = below;
  }

  /** The file whose name is also a directory's. */
  public FilePath file() {
    return file;
  }

  /** A file in that directory. */
  public FilePath below() {
    return below;
  }
}
