package io.moraine.cli.tree;

import io.moraine.cli.client.CommandFailed;
import io.moraine.vocabulary.FilePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;

/**
 * The files below a directory, ascending by path. What a version cannot hold is refused by name.
 *
 * @param root its real path
 */
public record LocalTree(Path root, List<TreeFile> files) {
  /** Where a pull keeps what is not whole yet, at the root. */
  public static final String PULL_DIRECTORY = ".moraine-pull";

  private static final char UNDECODABLE = '\uFFFD';
  private static final int MOST_NAMES = 10;

  /**
   * Walks {@code directory}.
   *
   * @param skipLinks whether symbolic links and special files are left out and not refused
   * @throws CommandFailed naming what cannot be in a version
   */
  public static LocalTree walk(Path directory, boolean skipLinks) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new CommandFailed(directory + " is no directory.");
    }
    Path root = directory.toRealPath();
    Walk walk = new Walk(skipLinks);
    try {
      ForkJoinPool.commonPool().invoke(walk.new Directory(root, "", IgnoreRules.NONE));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    walk.requireNoneRefused(root);
    TreeFile[] files = walk.files.toArray(TreeFile[]::new);
    Arrays.parallelSort(files, Comparator.comparing(TreeFile::path));
    return new LocalTree(root, List.of(files));
  }

  public long bytes() {
    return files.stream().mapToLong(file -> file.stat().sizeBytes()).sum();
  }

  private static final class Walk {
    private final boolean skipLinks;
    private final Queue<TreeFile> files = new ConcurrentLinkedQueue<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();

    Walk(boolean skipLinks) {
      this.skipLinks = skipLinks;
    }

    private void requireNoneRefused(Path root) {
      if (refused.isEmpty()) {
        return;
      }
      List<String> names = refused.stream().sorted().limit(MOST_NAMES).toList();
      String more =
          refused.size() > MOST_NAMES ? ", and " + (refused.size() - MOST_NAMES) + " more" : "";
      throw CommandFailed.refused(
          root
              + " holds what a version cannot: "
              + String.join("; ", names)
              + more
              + ". Name them in .moraineignore, or rename them; --skip-links leaves links and special"
              + " files out.");
    }

    private final class Directory extends RecursiveAction {
      private static final long serialVersionUID = 1;

      private final transient Path directory;
      private final String prefix;
      private final transient IgnoreRules above;

      Directory(Path directory, String prefix, IgnoreRules above) {
        this.directory = directory;
        this.prefix = prefix;
        this.above = above;
      }

      @Override
      protected void compute() {
        List<Directory> below = new ArrayList<>();
        try {
          List<Path> children = children();
          IgnoreRules rules = rules(children);
          for (Path child : children) {
            look(child, rules, below);
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        invokeAll(below);
      }

      private List<Path> children() throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
          stream.forEach(children::add);
        } catch (DirectoryIteratorException e) {
          throw e.getCause();
        }
        return children;
      }

      private IgnoreRules rules(List<Path> children) throws IOException {
        for (Path child : children) {
          if (name(child).equals(IgnoreRules.FILE_NAME) && Files.isRegularFile(child)) {
            return above.with(prefix, child);
          }
        }
        return above;
      }

      private void look(Path child, IgnoreRules rules, List<Directory> below) throws IOException {
        String path = prefix + name(child);
        if (path.equals(PULL_DIRECTORY)) {
          return;
        }
        Stat stat;
        try {
          stat = Stat.of(child);
        } catch (NoSuchFileException e) {
          // Deleted since the directory was listed: not there.
          return;
        }
        if (rules.leavesOut(path, stat.type() == Stat.Type.DIRECTORY)) {
          return;
        }
        if (path.indexOf(UNDECODABLE, prefix.length()) >= 0) {
          refused.add("\"" + path + "\", whose name is not UTF-8" + locale());
          return;
        }
        switch (stat.type()) {
          case DIRECTORY -> below.add(new Directory(child, path + "/", rules));
          case FILE -> file(path, stat);
          default -> {
            if (!skipLinks) {
              refused.add("\"" + path + "\", " + kind(stat));
            }
          }
        }
      }

      private void file(String path, Stat stat) {
        try {
          files.add(new TreeFile(FilePath.of(path), stat));
        } catch (IllegalArgumentException e) {
          refused.add(e.getMessage());
        }
      }
    }

    private static String name(Path path) {
      return path.getFileName().toString();
    }

    private static String kind(Stat stat) {
      return stat.type() == Stat.Type.LINK ? "a symbolic link" : "neither a file nor a directory";
    }

    private static String locale() {
      String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
      return encoding.equals("UTF-8")
          ? ""
          : " in this locale (" + encoding + "; run with LC_ALL=C.UTF-8)";
    }
  }
}
