package io.moraine.cli.run;

import io.moraine.events.volume.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The mounts as symbolic links in a private directory: for machines without a {@link Sandbox}.
 * Inputs are protected by their modes alone. What the process leaves behind is known by a variable
 * that children inherit, and found through {@code /proc}: on Linux, and as long as they keep it.
 */
final class LinkedDirectories implements JobRoot {
  private static final String MARK = "MORAINE_JOB_MARK";

  /** Each kill may come too late for a fork: look again, so often. */
  private static final int MOST_ROUNDS = 20;

  private final String mark = UUID.randomUUID().toString();
  private final Path directory;

  private LinkedDirectories(Path directory) {
    this.directory = directory;
  }

  static LinkedDirectories of(List<Mount> mounts) throws IOException {
    LinkedDirectories root = new LinkedDirectories(Files.createTempDirectory("moraine-run-"));
    Files.createDirectory(root.seen("/inputs"));
    Files.createDirectory(root.seen("/outputs"));
    for (Mount mount : mounts) {
      Files.createSymbolicLink(root.seen(mount.path()), Path.of(mount.source()));
    }
    return root;
  }

  @Override
  public ProcessBuilder process(List<String> command) {
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().put(MARK, mark);
    return process;
  }

  @Override
  public Path seen(String path) {
    return directory.resolve(path.substring(1));
  }

  @Override
  public int clear() throws IOException {
    int ended = 0;
    int emptyRounds = 0;
    // Twice nothing: while a process becomes another program, its environment is empty for a
    // moment.
    for (int round = 0; round < MOST_ROUNDS && emptyRounds < 2; round++) {
      List<ProcessHandle> left = ProcessHandle.allProcesses().filter(this::hasMark).toList();
      emptyRounds = left.isEmpty() ? emptyRounds + 1 : 0;
      left.forEach(ProcessHandle::destroyForcibly);
      left.forEach(process -> process.onExit().join());
      ended += left.size();
    }
    removeLinks();
    return ended;
  }

  private boolean hasMark(ProcessHandle process) {
    try {
      String environment =
          Files.readString(
              Path.of("/proc", Long.toString(process.pid()), "environ"),
              StandardCharsets.ISO_8859_1);
      return environment.contains(MARK + "=" + mark);
    } catch (IOException e) {
      return false; // It has ended, or is another user's.
    }
  }

  private void removeLinks() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    }
  }
}
