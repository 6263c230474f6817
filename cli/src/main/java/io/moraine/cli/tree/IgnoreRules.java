package io.moraine.cli.tree;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.ignore.IgnoreNode;
import org.eclipse.jgit.ignore.IgnoreNode.MatchResult;

/**
 * What the {@code .moraineignore} files of a directory and of those above it leave out; their
 * syntax is gitignore's. Immutable.
 */
final class IgnoreRules {
  static final String FILE_NAME = ".moraineignore";

  /** Leaves nothing out. */
  static final IgnoreRules NONE = new IgnoreRules(null, "", null);

  private final IgnoreRules above;
  private final String directory;
  private final IgnoreNode rules;

  private IgnoreRules(IgnoreRules above, String directory, IgnoreNode rules) {
    this.above = above;
    this.directory = directory;
    this.rules = rules;
  }

  /**
   * These rules and, below {@code directory}, those of {@code file}.
   *
   * @param directory relative to the root, ending in a slash unless it is the root
   */
  IgnoreRules with(String directory, Path file) throws IOException {
    IgnoreNode node = new IgnoreNode();
    try (InputStream in = Files.newInputStream(file)) {
      node.parse(in);
    }
    return new IgnoreRules(this, directory, node);
  }

  /** Whether {@code path}, relative to the root, is left out; the nearest rules decide. */
  boolean leavesOut(String path, boolean isDirectory) {
    for (IgnoreRules here = this; here.rules != null; here = here.above) {
      MatchResult result =
          here.rules.isIgnored(path.substring(here.directory.length()), isDirectory);
      if (result != MatchResult.CHECK_PARENT) {
        return result == MatchResult.IGNORED;
      }
    }
    return false;
  }
}
