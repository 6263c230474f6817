package io.moraine.content.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.vocabulary.FilePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What must hold for every set of files and every history, the seed standing for both. */
class VersionTreeProperties {
  private static final Weight SHA = Weight.sha256();

  /** Few different weights: many ties, many cuts at the very edge of a window. */
  private static final Weight COARSE =
      (level, path) -> Math.floorMod(path.hashCode() * 31 + level, 40);

  /** Rises for long stretches, so that only the 1,024 cut ends a node. */
  private static final Weight RISING = (level, path) -> path.toString().codePointAt(0);

  private final MemoryNodes nodes = new MemoryNodes();

  @Property(tries = 80, edgeCases = EdgeCasesMode.NONE)
  void theTreeIsTheOneThatThePageWords(
      @ForAll long seed,
      @ForAll @IntRange(max = 2500) int count,
      @ForAll @IntRange(max = 2) int w) {
    List<FileEntry> files = List.copyOf(SampleFiles.files(count, new Random(seed)).values());
    assertThat(build(files, weight(w))).isEqualTo(PlainTree.root(files, weight(w)));
  }

  @Property(tries = 120, edgeCases = EdgeCasesMode.NONE)
  void changesAppliedToATreeEqualBuildingFromScratch(
      @ForAll long seed,
      @ForAll @IntRange(max = 2500) int count,
      @ForAll @IntRange(max = 300) int edits,
      @ForAll @IntRange(max = 2) int w) {
    Random random = new Random(seed);
    NavigableMap<FilePath, FileEntry> files = SampleFiles.files(count, random);
    VersionRoot base = build(List.copyOf(files.values()), weight(w));

    NavigableMap<FilePath, Change> changes = randomChanges(files, edits, random);
    VersionRoot changed = apply(base, changes, weight(w));

    follow(files, changes);
    assertThat(changed).isEqualTo(PlainTree.root(List.copyOf(files.values()), weight(w)));
    assertThat(tree(changed, weight(w)).files())
        .toIterable()
        .containsExactlyElementsOf(files.values());
  }

  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void anyOrderOfTheSameEntriesGivesTheSameTree(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 1500) int count) {
    Random random = new Random(seed);
    NavigableMap<FilePath, FileEntry> files = SampleFiles.files(count, random);
    List<FileEntry> shuffled = new ArrayList<>(files.values());
    Collections.shuffle(shuffled, random);

    VersionRoot root = VersionRoot.EMPTY;
    for (int done = 0; done < count; ) {
      int next = Math.min(count, done + 1 + random.nextInt(200));
      NavigableMap<FilePath, Change> puts = new TreeMap<>();
      shuffled.subList(done, next).forEach(file -> puts.put(file.path(), Change.put(file)));
      root = apply(root, puts, SHA);
      done = next;
    }
    assertThat(root).isEqualTo(build(List.copyOf(files.values()), SHA));
  }

  @Property(tries = 80, edgeCases = EdgeCasesMode.NONE)
  void takingBackWhatWasAddedGivesTheOldTree(
      @ForAll long seed,
      @ForAll @IntRange(max = 600) int count,
      @ForAll @IntRange(max = 600) int k) {
    Random random = new Random(seed);
    NavigableMap<FilePath, FileEntry> files = SampleFiles.files(count, random);
    VersionRoot base = build(List.copyOf(files.values()), SHA);
    NavigableMap<FilePath, Change> puts = new TreeMap<>();
    NavigableMap<FilePath, Change> deletes = new TreeMap<>();
    for (FileEntry file : SampleFiles.files(k, random).values()) {
      if (!files.containsKey(file.path())) {
        puts.put(file.path(), Change.put(file));
        deletes.put(file.path(), Change.delete(file.path()));
      }
    }
    assertThat(apply(apply(base, puts, SHA), deletes, SHA)).isEqualTo(base);
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void theDifferenceAppliedToOneGivesTheOther(
      @ForAll long seed,
      @ForAll @IntRange(max = 2500) int count,
      @ForAll @IntRange(max = 300) int k) {
    Random random = new Random(seed);
    NavigableMap<FilePath, FileEntry> files = SampleFiles.files(count, random);
    VersionRoot a = build(List.copyOf(files.values()), SHA);
    NavigableMap<FilePath, Change> changes = randomChanges(files, k, random);
    VersionRoot b = apply(a, changes, SHA);

    NavigableMap<FilePath, Change> difference = new TreeMap<>();
    tree(a, SHA)
        .diff(tree(b, SHA))
        .forEachRemaining(found -> difference.put(found.path(), found.change()));

    assertThat(apply(a, difference, SHA)).isEqualTo(b);
    NavigableMap<FilePath, Change> effective = new TreeMap<>(changes);
    effective
        .values()
        .removeIf(change -> change.entry().equals(Optional.ofNullable(files.get(change.path()))));
    assertThat(difference).isEqualTo(effective);
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void listingsBeginWhereTheyAreAskedTo(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 1500) int count) {
    Random random = new Random(seed);
    NavigableMap<FilePath, FileEntry> files = SampleFiles.files(count, random);
    VersionTree tree = tree(build(List.copyOf(files.values()), SHA), SHA);
    List<FilePath> present = List.copyOf(files.keySet());
    for (FilePath path :
        List.of(present.get(random.nextInt(count)), FilePath.of(SampleFiles.path(random)))) {
      assertThat(tree.find(path).orElse(null)).isEqualTo(files.get(path));
      assertThat(tree.filesFrom(path))
          .toIterable()
          .containsExactlyElementsOf(files.tailMap(path, true).values());
      assertThat(tree.filesAfter(path))
          .toIterable()
          .containsExactlyElementsOf(files.tailMap(path, false).values());
    }
  }

  /** The guard against clashes, beside the plain definition over all files of the result. */
  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void aFileAndADirectoryOfOneNameAreRefused(
      @ForAll long seed, @ForAll @IntRange(max = 12) int count, @ForAll @IntRange(max = 8) int k) {
    Random random = new Random(seed);
    NavigableMap<FilePath, FileEntry> files = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      FileEntry file = SampleFiles.random(clashingPath(random), random);
      files.put(file.path(), file);
      if (clashes(files)) {
        files.remove(file.path());
      }
    }
    VersionRoot base = build(List.copyOf(files.values()), SHA);
    NavigableMap<FilePath, Change> changes = new TreeMap<>();
    for (int i = 0; i < k; i++) {
      FilePath path = FilePath.of(clashingPath(random));
      boolean put = random.nextBoolean();
      changes.put(
          path,
          put ? Change.put(SampleFiles.random(path.toString(), random)) : Change.delete(path));
    }
    follow(files, changes);
    Assume.that(!changes.isEmpty());
    try {
      VersionRoot root = apply(base, changes, SHA);
      assertThat(clashes(files)).as("%s", files.keySet()).isFalse();
      assertThat(root).isEqualTo(build(List.copyOf(files.values()), SHA));
    } catch (PathClashException e) {
      assertThat(files.keySet()).contains(e.file(), e.below());
      assertThat(e.below().isBelow(e.file())).isTrue();
      assertThat(e).hasMessageContainingAll(e.file().toString(), e.below().toString());
    }
  }

  private static String clashingPath(Random random) {
    String[] segments = {"a", "a!", "b", "a-", "a0"};
    StringBuilder path = new StringBuilder(segments[random.nextInt(segments.length)]);
    for (int depth = random.nextInt(4); depth > 0; depth--) {
      path.append('/').append(segments[random.nextInt(segments.length)]);
    }
    return path.toString();
  }

  private static boolean clashes(NavigableMap<FilePath, FileEntry> files) {
    return files.keySet().stream()
        .anyMatch(path -> path.ancestors().stream().anyMatch(files::containsKey));
  }

  private static NavigableMap<FilePath, Change> randomChanges(
      NavigableMap<FilePath, FileEntry> files, int count, Random random) {
    List<FilePath> present = new ArrayList<>(files.keySet());
    NavigableMap<FilePath, Change> changes = new TreeMap<>();
    boolean mostlyDeletes = random.nextInt(4) == 0;
    if (mostlyDeletes && !present.isEmpty()) {
      int from = random.nextInt(present.size());
      for (FilePath path :
          present.subList(from, from + random.nextInt(present.size() - from + 1))) {
        changes.put(path, Change.delete(path));
      }
    }
    for (int i = 0; i < count; i++) {
      FilePath path =
          present.isEmpty() || random.nextInt(3) == 0
              ? FilePath.of(SampleFiles.path(random))
              : present.get(random.nextInt(present.size()));
      Change change =
          switch (random.nextInt(4)) {
            case 0 -> Change.delete(path);
            case 1 -> files.containsKey(path) ? Change.put(files.get(path)) : Change.delete(path);
            default -> Change.put(SampleFiles.random(path.toString(), random));
          };
      changes.put(path, change);
    }
    return changes;
  }

  private static void follow(
      NavigableMap<FilePath, FileEntry> files, NavigableMap<FilePath, Change> changes) {
    changes
        .values()
        .forEach(
            change ->
                change
                    .entry()
                    .ifPresentOrElse(
                        file -> files.put(file.path(), file), () -> files.remove(change.path())));
  }

  private static Weight weight(int which) {
    return List.of(SHA, COARSE, RISING).get(which);
  }

  private VersionTree tree(VersionRoot root, Weight weight) {
    return new VersionTree(root, nodes, weight);
  }

  private VersionRoot apply(
      VersionRoot base, NavigableMap<FilePath, Change> changes, Weight weight) {
    return tree(base, weight).apply(changes.values().iterator(), nodes);
  }

  private VersionRoot build(List<FileEntry> files, Weight weight) {
    return tree(VersionRoot.EMPTY, weight).apply(files.stream().map(Change::put).iterator(), nodes);
  }
}
