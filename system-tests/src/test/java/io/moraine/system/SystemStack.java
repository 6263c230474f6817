package io.moraine.system;

import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The one stack of all system tests, started as a user starts it when the first test asks. Tests
 * keep apart by datasets, runs and teams.
 */
final class SystemStack {
  private static RunningStack stack;

  private SystemStack() {}

  static synchronized RunningStack up() {
    if (stack == null) {
      RunningStack fresh = RunningStack.in(home());
      Runtime.getRuntime().addShutdownHook(new Thread(fresh::close));
      fresh.up();
      stack = fresh;
    }
    return stack;
  }

  /** A fresh home. */
  static Path home() {
    try {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "home-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
