package io.moraine.cli.data;

import io.moraine.cli.tree.Stat;
import io.moraine.cli.tree.StatCache;
import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.cli.tree.TreeFile;
import io.moraine.content.file.FileCutter;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares a version with what lies in a directory: what is there, what has to be fetched, and what
 * nobody could get back if it were overwritten.
 */
final class PullPlan {
  /**
   * A file to be written.
   *
   * @param found what lies in its place now, and is replaced; none if nothing does
   */
  record Target(FileEntry entry, Path file, Optional<Stat> found) {}

  private enum Verdict {
    HERE,
    WANTED,
    CONFLICT
  }

  private record Judged(Target target, Verdict verdict, boolean isDirectory) {}

  private final Path root;
  private final Map<FilePath, Remembered> remembered;
  private final boolean isVersion;
  private final boolean force;
  private final long begin = StatCache.now();
  private final Map<Path, Boolean> directories = new HashMap<>();
  private final List<Target> wanted = new ArrayList<>();
  private final List<Remembered> here = new ArrayList<>();
  private final List<String> conflicts = new ArrayList<>();

  private PullPlan(Path root, StatCache cache, boolean force) {
    this.root = root;
    this.remembered = cache.byPath();
    this.isVersion = cache.digest().isPresent();
    this.force = force;
  }

  /** Looks at every file of the version; reads those of which nothing is remembered. */
  static PullPlan of(List<FileEntry> entries, Path root, StatCache cache, boolean force)
      throws IOException {
    PullPlan plan = new PullPlan(root, cache, force);
    List<Target> targets = new ArrayList<>(entries.size());
    for (FileEntry entry : entries) {
      plan.target(entry).ifPresent(targets::add);
    }
    try {
      // Whatever has to be read is read on all processors; the order stays.
      for (Judged judged : targets.parallelStream().map(plan::judge).toList()) {
        plan.take(judged);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return plan;
  }

  List<Target> wanted() {
    return wanted;
  }

  /** Files that are there just as the version has them. */
  List<Remembered> here() {
    return here;
  }

  /** Names of what must not be overwritten. */
  List<String> conflicts() {
    return conflicts;
  }

  private Optional<Target> target(FileEntry entry) throws IOException {
    Path file = root.resolve(entry.path().toString());
    for (FilePath above : entry.path().ancestors()) {
      if (!isDirectoryOrAbsent(root.resolve(above.toString()))) {
        conflicts.add(above.quoted() + " (not a directory)");
        return Optional.empty();
      }
    }
    try {
      return Optional.of(new Target(entry, file, Optional.of(Stat.of(file))));
    } catch (NoSuchFileException e) {
      return Optional.of(new Target(entry, file, Optional.empty()));
    }
  }

  /** Links are not followed: what is behind one is not ours to write. */
  private boolean isDirectoryOrAbsent(Path directory) throws IOException {
    Boolean known = directories.get(directory);
    if (known == null) {
      known = look(directory);
      directories.put(directory, known);
    }
    return known;
  }

  private static boolean look(Path directory) throws IOException {
    try {
      return Stat.of(directory).type() == Stat.Type.DIRECTORY;
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  private Judged judge(Target target) {
    if (target.found().isEmpty()) {
      return new Judged(target, Verdict.WANTED, false);
    }
    Stat found = target.found().get();
    if (found.type() != Stat.Type.FILE) {
      return new Judged(target, Verdict.CONFLICT, found.type() == Stat.Type.DIRECTORY);
    }
    return new Judged(target, judge(target, found), false);
  }

  private Verdict judge(Target target, Stat found) {
    Remembered known = remembered.get(target.entry().path());
    boolean couldBeWanted = found.sizeBytes() == target.entry().sizeBytes();
    boolean couldBeKnown = known != null && found.sizeBytes() == known.stat().sizeBytes();
    if (!couldBeWanted && !couldBeKnown) {
      return Verdict.CONFLICT;
    }
    ContentId content =
        known != null && known.isStill(new TreeFile(known.entry().path(), target.file(), found))
            ? known.entry().content()
            : hash(target.file());
    if (couldBeWanted && content.equals(target.entry().content())) {
      return Verdict.HERE;
    }
    // What a committed version has can be had again.
    boolean isKept = isVersion && couldBeKnown && content.equals(known.entry().content());
    return isKept ? Verdict.WANTED : Verdict.CONFLICT;
  }

  private static ContentId hash(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return FileCutter.digest(in, OutputStream.nullOutputStream()).content();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void take(Judged judged) {
    Target target = judged.target();
    switch (judged.verdict()) {
      case HERE -> here.add(remember(target));
      case WANTED -> wanted.add(target);
      case CONFLICT -> {
        if (force && !judged.isDirectory()) {
          wanted.add(target);
        } else {
          conflicts.add(
              target.entry().path().quoted() + (judged.isDirectory() ? " (a directory)" : ""));
        }
      }
    }
  }

  private Remembered remember(Target target) {
    FilePath path = target.entry().path();
    TreeFile file = new TreeFile(path, target.file(), target.found().orElseThrow());
    Remembered known = remembered.get(path);
    return known != null && known.isStill(file)
        ? known
        : Remembered.of(file, target.entry().content(), begin);
  }
}
