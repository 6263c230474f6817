package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.data.Recollection.Known;
import io.moraine.cli.tree.LocalTree;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Compares a version with what lies in a directory: what is there, what has to be fetched, what has
 * to make way, and what nobody could get back if it were overwritten or deleted. It changes
 * nothing. What is remembered of the directory is read along, not held: memory is some 100 bytes a
 * file beside the entries.
 */
final class PullPlan {
  /** Files that are looked at together, those that have to be read on all processors. */
  private static final int CHUNK = 10_000;

  /** How a plan is asked for. */
  record Wanted(List<FileEntry> entries, boolean force, boolean delete) {}

  /**
   * A file to be written.
   *
   * @param index of its entry in the version
   * @param found what lies in its place now, and is replaced; none if nothing does
   */
  record Target(FileEntry entry, int index, Optional<Stat> found) {}

  private enum Verdict {
    HERE,
    WANTED,
    CONFLICT
  }

  private record Asked(Target target, Known known) {}

  private record Judged(Asked asked, Verdict verdict) {}

  /** Opens what is remembered at its first path. */
  @FunctionalInterface
  interface Memory {
    Recollection open() throws IOException;
  }

  private final Path root;
  private final Wanted version;
  private final long begin = StatCache.now();

  /** What lies where the version has directories; nothing where one has to be made. */
  private final Map<FilePath, Optional<Stat.Type>> directories = new HashMap<>();

  private final Remembered[] here;
  private int hereCount;
  private final List<Target> wanted = new ArrayList<>();
  private final List<String> conflicts = new ArrayList<>();

  /** Files where the version has a directory, or below a directory where it has a file. */
  private final Map<FilePath, Stat> inTheWay = new TreeMap<>();

  private final Set<FilePath> directoriesInTheWay = new HashSet<>();
  private final List<TreeFile> surplus = new ArrayList<>();

  private PullPlan(Path root, Wanted version) {
    this.root = root;
    this.version = version;
    this.here = new Remembered[version.entries().size()];
  }

  /** Looks at every file of the version; reads those of which nothing is remembered. */
  static PullPlan of(Path root, Wanted version, Memory memory) throws IOException {
    PullPlan plan = new PullPlan(root, version);
    try {
      plan.compare(memory);
      plan.judgeInTheWay(memory);
      if (version.delete() && plan.conflicts.isEmpty()) {
        plan.findSurplus(memory);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return plan;
  }

  List<Target> wanted() {
    return wanted;
  }

  /** Files that are there just as the version has them, by the index of their entry; else null. */
  Remembered[] here() {
    return here;
  }

  int hereCount() {
    return hereCount;
  }

  /** Names of what must not be overwritten or deleted. */
  List<String> conflicts() {
    return conflicts;
  }

  /** Files that have to be gone before others are placed. */
  List<TreeFile> inTheWay() {
    return inTheWay.entrySet().stream().map(e -> new TreeFile(e.getKey(), e.getValue())).toList();
  }

  /** Directories that have to be gone then, with what is below them. */
  Set<FilePath> directoriesInTheWay() {
    return directoriesInTheWay;
  }

  /** Files that the version does not have, if they are to be deleted. */
  List<TreeFile> surplus() {
    return surplus;
  }

  private void compare(Memory memory) throws IOException {
    List<FileEntry> entries = version.entries();
    try (Recollection known = memory.open()) {
      List<Asked> chunk = new ArrayList<>(Math.min(CHUNK, entries.size()));
      for (int i = 0; i < entries.size(); i++) {
        FileEntry entry = entries.get(i);
        Optional<Target> target = target(entry, i);
        if (target.isPresent()) {
          chunk.add(new Asked(target.get(), known.of(entry.path())));
        }
        if (chunk.size() == CHUNK || i == entries.size() - 1) {
          // The order stays.
          chunk.parallelStream().map(this::judge).toList().forEach(this::take);
          chunk.clear();
        }
      }
    }
  }

  private Optional<Target> target(FileEntry entry, int index) throws IOException {
    FilePath path = entry.path();
    List<FilePath> above = path.ancestors();
    if (path.toString().equals(LocalTree.PULL_DIRECTORY)
        || !above.isEmpty() && above.get(0).toString().equals(LocalTree.PULL_DIRECTORY)) {
      throw CommandFailed.refused(
          path.quoted()
              + " of this version has the name of the directory that a pull works in: get it with"
              + " 'moraine files get', and the others from a version without it.");
    }
    boolean isParentHere = true;
    for (FilePath directory : above) {
      // Below what is not there, or makes way, nothing is.
      Optional<Stat.Type> found = isParentHere ? directory(directory) : Optional.empty();
      if (found.isPresent() && found.get() != Stat.Type.DIRECTORY) {
        return Optional.empty();
      }
      isParentHere = found.isPresent();
    }
    return Optional.of(new Target(entry, index, isParentHere ? found(path) : Optional.empty()));
  }

  /** Links are not followed: what is behind one is not ours to write. */
  private Optional<Stat.Type> directory(FilePath directory) throws IOException {
    Optional<Stat.Type> known = directories.get(directory);
    if (known != null) {
      return known;
    }
    Optional<Stat> found = stat(directory);
    Optional<Stat.Type> type = found.map(Stat::type);
    if (type.equals(Optional.of(Stat.Type.FILE))) {
      inTheWay.put(directory, found.get());
      type = Optional.empty();
    } else if (type.isPresent() && type.get() != Stat.Type.DIRECTORY) {
      conflicts.add(directory.quoted() + " (not a directory)");
    }
    directories.put(directory, type);
    return type;
  }

  private Optional<Stat> found(FilePath path) throws IOException {
    Optional<Stat> found = stat(path);
    if (found.isEmpty() || found.get().type() != Stat.Type.DIRECTORY) {
      return found;
    }
    directoriesInTheWay.add(path);
    findBelow(path);
    return Optional.empty();
  }

  /** A directory makes way if every file of it may, which is judged when all are known. */
  private void findBelow(FilePath directory) throws IOException {
    try (Stream<Path> below = Files.walk(root.resolve(directory.toString()))) {
      for (Path path : (Iterable<Path>) below::iterator) {
        Stat stat = Stat.of(path);
        FilePath name = FilePath.of(root.relativize(path).toString());
        if (stat.type() == Stat.Type.FILE) {
          inTheWay.put(name, stat);
        } else if (stat.type() != Stat.Type.DIRECTORY) {
          conflicts.add(name.quoted() + " (in a directory where the version has a file)");
        }
      }
    } catch (IllegalArgumentException e) {
      conflicts.add(directory.quoted() + " (a directory; " + e.getMessage() + ")");
    }
  }

  private Optional<Stat> stat(FilePath path) throws IOException {
    try {
      return Optional.of(Stat.of(root.resolve(path.toString())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private Judged judge(Asked asked) {
    Optional<Stat> found = asked.target().found();
    return new Judged(
        asked, found.isEmpty() ? Verdict.WANTED : judge(asked.target(), asked.known()));
  }

  private Verdict judge(Target target, Known known) {
    Stat found = target.found().orElseThrow();
    boolean couldBeWanted = found.sizeBytes() == target.entry().sizeBytes();
    if (found.type() != Stat.Type.FILE
        || !couldBeWanted && !known.mayBeFromVersion(found.sizeBytes())) {
      return Verdict.CONFLICT;
    }
    ContentId content = content(new TreeFile(target.entry().path(), found), known);
    if (couldBeWanted && content.equals(target.entry().content())) {
      return Verdict.HERE;
    }
    // What a committed version has can be had again.
    return known.isFromVersion(content) ? Verdict.WANTED : Verdict.CONFLICT;
  }

  private ContentId content(TreeFile file, Known known) {
    return known.content(file).orElseGet(() -> hash(file.below(root)));
  }

  private static ContentId hash(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return FileCutter.digest(in, OutputStream.nullOutputStream()).content();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void take(Judged judged) {
    Target target = judged.asked().target();
    switch (judged.verdict()) {
      case HERE -> {
        here[target.index()] = remember(target, judged.asked().known());
        hereCount++;
      }
      case WANTED -> wanted.add(target);
      case CONFLICT -> {
        if (version.force()) {
          wanted.add(target);
        } else {
          conflicts.add(target.entry().path().quoted());
        }
      }
    }
  }

  private Remembered remember(Target target, Known known) {
    FileEntry entry = target.entry();
    Stat found = target.found().orElseThrow();
    boolean isTrusted = known.content(new TreeFile(entry.path(), found)).isPresent();
    // The entry of the version, not an equal one: there are many.
    return isTrusted ? new Remembered(entry, found, true) : Remembered.of(entry, found, begin);
  }

  private void judgeInTheWay(Memory memory) throws IOException {
    if (inTheWay.isEmpty()) {
      return;
    }
    try (Recollection known = memory.open()) {
      for (TreeFile file : inTheWay()) {
        boolean isAlone = directories.containsKey(file.path());
        // One file is overwritten, in a way; those of a directory are deleted.
        boolean isAsked = version.force() && (isAlone || version.delete());
        if (!isFromVersion(file, known.of(file.path())) && !isAsked) {
          conflicts.add(
              file.path().quoted()
                  + (isAlone
                      ? " (where the version has a directory)"
                      : " (in a directory where the version has a file; --delete too)"));
        }
      }
    }
  }

  private boolean isFromVersion(TreeFile file, Known known) {
    return known.mayBeFromVersion(file.stat().sizeBytes())
        && known.isFromVersion(content(file, known));
  }

  /** Only what a version had goes without force. */
  private void findSurplus(Memory memory) throws IOException {
    int next = 0;
    List<FileEntry> entries = version.entries();
    try (Recollection known = memory.open()) {
      for (TreeFile file : LocalTree.walk(root, true).files()) {
        while (next < entries.size() && entries.get(next).path().compareTo(file.path()) < 0) {
          next++;
        }
        boolean isKept = next < entries.size() && entries.get(next).path().equals(file.path());
        if (isKept || inTheWay.containsKey(file.path())) {
          continue;
        }
        surplus.add(file);
        if (!version.force() && !isFromVersion(file, known.of(file.path()))) {
          conflicts.add(file.path().quoted() + " (no version that was pulled has it)");
        }
      }
    }
  }
}
