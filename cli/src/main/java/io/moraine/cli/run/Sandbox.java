package io.moraine.cli.run;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Stack;
import io.moraine.events.volume.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A root of its own for one process, made by bubblewrap: the host's top-level directories as they
 * are, the stack's own files hidden, the mounts at their paths, no capabilities, and a PID
 * namespace that ends with the process and takes along whatever it left behind.
 *
 * @param hostRoot the entries of {@code /}: their paths, with the target of those that are symbolic
 *     links
 * @param hidden directories that the process must not see: it could reach other teams' files, or
 *     its own inputs by a path that can be written
 * @param mounts what it sees where
 * @param workingDirectory where it starts; {@code /} when that is hidden
 */
record Sandbox(
    Map<Path, Optional<Path>> hostRoot,
    List<Path> hidden,
    List<Mount> mounts,
    Path workingDirectory)
    implements JobRoot {
  private static final Path ROOT = Path.of("/");
  private static final long PROBE_SECONDS = 10;

  /**
   * The shell is process 1: when it ends, the kernel ends every process of the namespace before
   * bubblewrap can see it, so that nothing writes any more when the job counts as ended.
   * (bubblewrap's own process 1 would tell the exit code first and die afterwards.)
   */
  private static final List<String> FIRST_PROCESS =
      List.of("/bin/sh", "-c", "\"$@\"; exit $?", "sh");

  Sandbox {
    hidden = outermost(hidden);
    for (Mount mount : mounts) {
      if (hidden.stream().noneMatch(Path.of(mount.source())::startsWith)) {
        throw new CommandFailed(
            mount.source()
                + " is to be mounted at "
                + mount.path()
                + ", but it lies outside MORAINE_SHARE_STORAGE, so the command could also reach it"
                + " from outside the mount. Set MORAINE_SHARE_STORAGE to the stack's, or use"
                + " --no-sandbox.");
      }
    }
  }

  /** The sandbox of {@code mounts} on this machine. */
  static Sandbox of(List<Mount> mounts, Stack stack) throws IOException {
    List<Path> hidden = new ArrayList<>();
    for (Path path : Stream.concat(stack.home().stream(), stack.shareStorage().stream()).toList()) {
      hidden.add(Files.exists(path) ? path.toRealPath() : path);
    }
    return new Sandbox(
        readHostRoot(), hidden, realSources(mounts), Path.of("").toAbsolutePath().normalize());
  }

  private static List<Mount> realSources(List<Mount> mounts) throws IOException {
    List<Mount> real = new ArrayList<>();
    for (Mount mount : mounts) {
      String source = Path.of(mount.source()).toRealPath().toString();
      real.add(new Mount(mount.name(), mount.path(), source, mount.readOnly(), mount.ref()));
    }
    return real;
  }

  private static Map<Path, Optional<Path>> readHostRoot() throws IOException {
    Map<Path, Optional<Path>> entries = new TreeMap<>();
    try (Stream<Path> paths = Files.list(ROOT)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        entries.put(
            path,
            Files.isSymbolicLink(path)
                ? Optional.of(Files.readSymbolicLink(path))
                : Optional.empty());
      }
    }
    return entries;
  }

  /** Why there can be no sandbox on this machine; found out by making one. */
  static Optional<String> obstacle() throws InterruptedException {
    List<String> probe =
        Stream.of(namespaces().stream(), Stream.of("--ro-bind", "/", "/", "--", "true"))
            .flatMap(part -> part)
            .toList();
    try {
      Process process =
          new ProcessBuilder(probe)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of("bubblewrap hangs");
      }
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of("bubblewrap cannot make namespaces here (" + said + ")");
    } catch (IOException e) {
      return Optional.of("bubblewrap (bwrap) is not installed");
    }
  }

  /** The namespaces that the probe has to show to work. */
  private static List<String> namespaces() {
    return List.of(
        "bwrap", "--unshare-pid", "--as-pid-1", "--die-with-parent", "--cap-drop", "ALL");
  }

  @Override
  public ProcessBuilder process(List<String> command) {
    return new ProcessBuilder(arguments(command));
  }

  @Override
  public Path seen(String path) {
    return Path.of(path);
  }

  @Override
  public int clear() {
    return 0; // It went with its process.
  }

  /** bubblewrap's command line; later arguments cover earlier ones. */
  List<String> arguments(List<String> command) {
    List<String> arguments = new ArrayList<>(namespaces());
    bindHostRoot(arguments);
    arguments.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    for (Path path : hidden) {
      arguments.addAll(List.of("--tmpfs", path.toString(), "--remount-ro", path.toString()));
    }
    for (String top : JobEnvironment.TOP_DIRECTORIES) {
      arguments.addAll(List.of("--dir", top));
    }
    for (Mount mount : mounts) {
      arguments.addAll(
          List.of(mount.readOnly() ? "--ro-bind" : "--bind", mount.source(), mount.path()));
    }
    // What is written beside the mounts would be lost: it fails instead.
    arguments.addAll(List.of("--remount-ro", "/", "--chdir", startDirectory().toString(), "--"));
    arguments.addAll(FIRST_PROCESS);
    arguments.addAll(command);
    return arguments;
  }

  private void bindHostRoot(List<String> arguments) {
    Set<Path> own =
        Stream.concat(Stream.of("/proc", "/dev"), JobEnvironment.TOP_DIRECTORIES.stream())
            .map(Path::of)
            .collect(Collectors.toSet());
    hostRoot.forEach(
        (path, link) -> {
          if (own.contains(path)) {
            return;
          }
          arguments.addAll(
              link.isPresent()
                  ? List.of("--symlink", link.get().toString(), path.toString())
                  : List.of("--bind", path.toString(), path.toString()));
        });
  }

  private Path startDirectory() {
    return hidden.stream().anyMatch(workingDirectory::startsWith) ? ROOT : workingDirectory;
  }

  private static List<Path> outermost(List<Path> paths) {
    Set<Path> outermost = new TreeSet<>();
    paths.stream()
        .sorted(Comparator.comparing(Path::getNameCount))
        .filter(path -> outermost.stream().noneMatch(path::startsWith))
        .forEach(outermost::add);
    return List.copyOf(outermost);
  }
}
