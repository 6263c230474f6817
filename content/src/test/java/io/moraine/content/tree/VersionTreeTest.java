package io.moraine.content.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.FormatException;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTreeTest {
  private final MemoryNodes nodes = new MemoryNodes();

  @Test
  void theEmptyVersionNeedsNoNode() {
    VersionRoot root = VersionTree.build(List.<FileEntry>of().iterator(), nodes);
    assertThat(root).isEqualTo(VersionRoot.EMPTY);
    assertThat(nodes.written).isZero();
    assertThat(tree(root).files()).isExhausted();
    assertThat(tree(root).find(FilePath.of("a"))).isEmpty();
  }

  @Test
  void deletingEverythingGivesTheEmptyVersion() {
    List<FileEntry> files = SampleFiles.numbered(0, 3000);
    VersionRoot root = VersionTree.build(files.iterator(), nodes);
    Iterator<Change> deletes = files.stream().map(file -> Change.delete(file.path())).iterator();
    assertThat(tree(root).apply(deletes, nodes)).isEqualTo(VersionRoot.EMPTY);
  }

  @Test
  void upTo128EntriesAreOneRootAndMoreAreCut() {
    VersionTree.build(SampleFiles.numbered(0, 128).iterator(), nodes);
    assertThat(nodes.written).isEqualTo(1);
    nodes.resetCounts();
    VersionTree.build(SampleFiles.numbered(0, 129).iterator(), nodes);
    assertThat(nodes.written).isGreaterThan(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 127, 128, 129, 130, 193, 1023, 1024, 1025, 1026, 2048, 3000})
  void growingAndShrinkingAcrossTheLimitsIsTheSameAsBuilding(int count) {
    for (Weight weight : List.of(Weight.sha256(), rising(), falling())) {
      List<FileEntry> files = SampleFiles.numbered(0, count + 1);
      VersionTree whole = new VersionTree(plain(files, weight, count + 1), nodes, weight);
      VersionRoot built = build(files, weight);
      assertThat(built).isEqualTo(whole.root());
      for (int gone : new int[] {0, count / 2, count}) {
        List<FileEntry> fewer = new ArrayList<>(files);
        FileEntry file = fewer.remove(gone);
        VersionRoot shrunk =
            new VersionTree(built, nodes, weight)
                .apply(List.of(Change.delete(file.path())).iterator(), nodes);
        assertThat(shrunk).isEqualTo(PlainTree.root(fewer, weight));
        VersionRoot grown =
            new VersionTree(shrunk, nodes, weight)
                .apply(List.of(Change.put(file)).iterator(), nodes);
        assertThat(grown).isEqualTo(built);
      }
    }
  }

  @Test
  void aRunOfRisingWeightsIsCutAfter1024Entries() {
    build(SampleFiles.numbered(0, 10_240), rising());
    // position 0 ends a node (nothing is before it), then every 1,024th, then the rest
    assertThat(nodes.written).isEqualTo(1 + 9 + 1 + 1);
  }

  @Test
  void longestNamesFit() {
    List<FileEntry> files =
        IntStream.range(0, 2048)
            .mapToObj(i -> String.format("%04d", i) + "ü".repeat(510))
            .map(path -> SampleFiles.file(path, 1, path))
            .toList();
    Weight weight = rising();
    VersionRoot root = build(files, weight);
    assertThat(root).isEqualTo(PlainTree.root(files, weight));
    assertThat(new VersionTree(root, nodes, weight).files())
        .toIterable()
        .containsExactlyElementsOf(files);
  }

  @Test
  void oneChangedFileRewritesOneNodeALevel() {
    VersionRoot base = VersionTree.build(SampleFiles.numbered(0, 60_000).iterator(), nodes);
    nodes.resetCounts();
    Change change = Change.put(SampleFiles.file("train/0030000.png", 9, "new"));
    VersionRoot changed = tree(base).apply(List.of(change).iterator(), nodes);
    assertThat(nodes.written).isEqualTo(3);
    assertThat(nodes.read).isLessThanOrEqualTo(5);

    nodes.resetCounts();
    assertThat(tree(base).diff(tree(changed)))
        .toIterable()
        .extracting(Difference::change)
        .containsExactly(change);
    assertThat(nodes.read).isLessThanOrEqualTo(6);
  }

  @Test
  void scatteredChangesRewriteAboutOneLeafEachAndTheirParents() {
    VersionRoot base = VersionTree.build(SampleFiles.numbered(0, 60_000).iterator(), nodes);
    Random random = new Random(7);
    TreeMap<FilePath, Change> changes = new TreeMap<>();
    while (changes.size() < 100) {
      int number = random.nextInt(60_000);
      String path = String.format("train/%07d%s.png", number, changes.size() % 2 == 0 ? "" : "x");
      changes.put(FilePath.of(path), Change.put(SampleFiles.random(path, random)));
    }
    nodes.resetCounts();
    VersionRoot changed = tree(base).apply(changes.values().iterator(), nodes);
    // 100 leaves and a few that were cut anew, at most 12 or so inner nodes and a root
    assertThat(nodes.written).isBetween(90, 160);
    assertThat(nodes.read).isLessThan(500);

    nodes.resetCounts();
    assertThat(tree(base).diff(tree(changed))).toIterable().hasSize(100);
    assertThat(nodes.read).isLessThan(500);
  }

  @Test
  void changesThatChangeNothingWriteNothing() {
    List<FileEntry> files = SampleFiles.numbered(0, 1000);
    VersionRoot base = VersionTree.build(files.iterator(), nodes);
    nodes.resetCounts();
    Stream<Change> same = Stream.of(Change.put(files.get(500)), Change.delete(FilePath.of("zz")));
    assertThat(tree(base).apply(same.iterator(), nodes)).isEqualTo(base);
    assertThat(nodes.written).isZero();
  }

  @Test
  void aMillionFilesStreamThroughASmallHeap() {
    int count = 1_000_000;
    ContentId same = SampleFiles.file("a", 1, "same").content();
    Iterator<FileEntry> files =
        IntStream.range(0, count)
            .mapToObj(i -> "train/n" + (1000 + i / 1000) + "/image-" + (1_000_000 + i) + ".JPEG")
            .map(path -> new FileEntry(FilePath.of(path), path.length(), same))
            .iterator();
    int[] written = {0};
    long[] bytes = {0};
    VersionRoot root =
        VersionTree.build(
            files,
            (digest, node) -> {
              written[0]++;
              bytes[0] += node.length;
            });
    assertThat(root.files()).isEqualTo(count);
    assertThat(written[0]).isBetween(7_000, 9_000);
    assertThat(bytes[0]).isLessThan(60_000_000);
  }

  @Test
  void aClashNamesBothPathsAcrossWhatLiesBetween() {
    VersionRoot base =
        VersionTree.build(
            List.of(SampleFiles.file("a!", 1, "x"), SampleFiles.file("a/b", 1, "x")).iterator(),
            nodes);
    assertThatExceptionOfType(PathClashException.class)
        .isThrownBy(() -> check(base, Change.put(SampleFiles.file("a", 1, "x"))))
        .withMessageContaining("\"a\" and \"a/b\"")
        .satisfies(e -> assertThat(e.file()).isEqualTo(FilePath.of("a")))
        .satisfies(e -> assertThat(e.below()).isEqualTo(FilePath.of("a/b")));
    assertThatExceptionOfType(PathClashException.class)
        .isThrownBy(() -> check(base, Change.put(SampleFiles.file("a!/c/d", 1, "x"))))
        .withMessageContaining("\"a!\" and \"a!/c/d\"");
    check(
        base,
        Change.put(SampleFiles.file("a", 1, "x")),
        Change.delete(FilePath.of("a!")),
        Change.put(SampleFiles.file("a!/c", 1, "x")),
        Change.delete(FilePath.of("a/b")));
  }

  @Test
  void changesOutOfOrderAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                check(
                    VersionRoot.EMPTY,
                    Change.put(SampleFiles.file("b", 1, "x")),
                    Change.put(SampleFiles.file("a", 1, "x"))))
        .withMessageContaining("\"a\" came after \"b\"");
  }

  @Test
  void aNodeThatIsNotWhatItsParentSaysIsRefused() {
    VersionRoot root = VersionTree.build(SampleFiles.numbered(0, 1000).iterator(), nodes);
    VersionRoot lying = new VersionRoot(root.digest(), root.files() + 1, root.bytes());
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> tree(lying).files())
        .withMessageContaining("1001");
    NodeSource flipped =
        digest -> {
          byte[] bytes = nodes.load(digest).clone();
          bytes[bytes.length / 2] ^= 1;
          return bytes;
        };
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> new VersionTree(root, flipped).files())
        .withMessageContaining("another SHA-256");
  }

  @Test
  void aTreeThatNamesTheSameChildTwiceIsRefused() {
    Node leaf = new Node(0, SampleFiles.numbered(0, 10));
    Child honest = put(leaf);
    Child renamed = new Child(FilePath.of("zz"), honest.digest(), 10, honest.bytes());
    Child top = put(new Node(1, List.of(honest, renamed)));
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(
            () ->
                tree(new VersionRoot(top.digest(), top.files(), top.bytes()))
                    .files()
                    .forEachRemaining(file -> {}))
        .withMessageContaining("last path");
  }

  private Child put(Node node) {
    byte[] bytes = node.encode();
    nodes.accept(Sha256.of(bytes), bytes);
    return node.asChild(Sha256.of(bytes));
  }

  private void check(VersionRoot base, Change... changes) {
    tree(base).check(List.of(changes).iterator());
  }

  private VersionTree tree(VersionRoot root) {
    return new VersionTree(root, nodes);
  }

  private VersionRoot build(List<FileEntry> files, Weight weight) {
    return new VersionTree(VersionRoot.EMPTY, nodes, weight)
        .apply(files.stream().map(Change::put).iterator(), nodes);
  }

  private static VersionRoot plain(List<FileEntry> files, Weight weight, int count) {
    return PlainTree.root(files.subList(0, count), weight);
  }

  private static Weight rising() {
    return (level, path) -> path.toString().chars().limit(13).reduce(0, (a, c) -> a * 10 + c);
  }

  private static Weight falling() {
    return (level, path) -> -rising().of(level, path);
  }
}
