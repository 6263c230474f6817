package io.moraine.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.cli.tree.LocalTree;
import io.moraine.cli.tree.Recall;
import io.moraine.cli.tree.Stat;
import io.moraine.cli.tree.StatCache;
import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.cli.tree.StatFile;
import io.moraine.cli.tree.TreeFile;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a million files take within the heap of these tests (cli/pom.xml), which is less than what
 * the commands have. The files are not there: it is what is held of them that counts.
 */
class MillionFilesTest {
  private static final int FILES = 1_000_000;
  private static final int SIZE_BYTES = 4_096;

  @TempDir private Path root;
  @TempDir private Path caches;

  private static FilePath path(int i) {
    return FilePath.of(String.format("images/train/%04d/%08d.jpg", i / 1_000, i));
  }

  private static ContentId content(int i) {
    byte[] digest = ByteBuffer.allocate(Sha256.BYTES).putInt(i).array();
    return new ContentId(ContentKind.BLOB, Sha256.ofBytes(digest));
  }

  private static FileEntry entry(int i) {
    return new FileEntry(path(i), SIZE_BYTES, content(i));
  }

  private static Stat stat(int i) {
    return new Stat(Stat.Type.FILE, SIZE_BYTES, i, i, i);
  }

  private static FileEntry[] entries() {
    FileEntry[] entries = new FileEntry[FILES];
    Arrays.setAll(entries, MillionFilesTest::entry);
    return entries;
  }

  @Test
  void arePulled() throws IOException {
    List<FileEntry> entries = Arrays.asList(entries());
    PullPlan plan =
        PullPlan.of(
            root,
            new PullPlan.Wanted(entries, false, false),
            () -> Recollection.of(caches, root, root.resolve("none")));
    assertThat(plan.wanted()).hasSize(FILES);
    var destinations = PullTree.destinations(plan.wanted());
    Remembered[] now = plan.here();
    for (PullPlan.Target target : plan.wanted()) {
      now[target.index()] = Remembered.of(target.entry(), stat(target.index()), StatCache.now());
    }
    TreeMemory memory = new TreeMemory(caches, root, line -> {});
    assertThat(memory.save(Optional.of(content(0).sha256()), now)).isTrue();
    assertThat(destinations).hasSize(FILES);
    Reference.reachabilityFence(plan);
  }

  @Test
  void areRememberedAndPushedAgain() throws IOException {
    LocalTree tree = new LocalTree(root, treeFiles());
    Iterator<Remembered> files =
        IntStream.range(0, FILES).mapToObj(i -> new Remembered(entry(i), stat(i), true)).iterator();
    StatFile.write(
        StatCache.file(caches, root), root, Optional.of(content(0).sha256()), FILES, files);

    StatCache cache = StatCache.load(caches, root);
    assertThat(cache.files()).hasSize(FILES);
    assertThat(cache.isStill(tree)).isTrue();
    Recall recall = cache.recall();
    assertThat(
            tree.files().stream()
                .filter(file -> recall.of(file.path()).filter(f -> f.isStill(file)).isPresent())
                .count())
        .isEqualTo(FILES);
    cache.save(caches, root);
  }

  private static List<TreeFile> treeFiles() {
    TreeFile[] files = new TreeFile[FILES];
    Arrays.setAll(files, i -> new TreeFile(path(i), stat(i)));
    return Arrays.asList(files);
  }
}
