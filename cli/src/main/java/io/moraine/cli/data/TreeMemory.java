package io.moraine.cli.data;

import io.moraine.cli.tree.StatCache;
import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is remembered of a directory from one command to the next. A hint: that it cannot be kept is
 * said once, and no reason for what was done to count as failed.
 */
final class TreeMemory {
  private final Path caches;
  private final Path root;
  private final Consumer<String> say;
  private boolean hasSaid;

  /**
   * @param root the real path of the directory
   * @param say tells the user a line
   */
  TreeMemory(Path caches, Path root, Consumer<String> say) {
    this.caches = caches;
    this.root = root;
    this.say = say;
  }

  Path caches() {
    return caches;
  }

  Path root() {
    return root;
  }

  StatCache load() {
    return StatCache.load(caches, root);
  }

  /** Whether it is kept. */
  boolean save(Optional<Sha256> digest, Remembered[] files) {
    return save(new StatCache(digest, Arrays.asList(files)));
  }

  /** Whether it is kept. */
  boolean save(StatCache now) {
    try {
      now.save(caches, root);
      return true;
    } catch (IOException e) {
      if (!hasSaid) {
        say.accept(
            "what was read of "
                + root
                + " cannot be remembered, and will be read again: "
                + e.getClass().getSimpleName()
                + ": "
                + e.getMessage());
      }
      hasSaid = true;
      return false;
    }
  }
}
