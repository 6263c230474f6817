package io.moraine.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moraine.content.file.FileCutter;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTest {
  private static final int LINKS_PER_FILE = 5;
  private static final DatasetId DATASET = new DatasetId("dst000000000001");
  private static final DatasetId OTHER = new DatasetId("dst000000000002");
  private static final VersionId FIRST = new VersionId("aaaaaa1");
  private static final VersionId SECOND = new VersionId("aaaaaa2");
  private static final VersionId THIRD = new VersionId("aaaaaa3");

  @TempDir Path root;
  private TeamDisk disk;
  private Path team;

  @BeforeEach
  void open() {
    TeamId id = new TeamId("te000000000001");
    disk = new ShareStorage(root, LINKS_PER_FILE).team(id);
    team = root.resolve(id.text());
  }

  @Nested
  class Versions {
    @Test
    void appearWholeAndReadOnly() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one", "b/c", "two", "b/d", "one"));

      Path version = disk.version(DATASET, FIRST);
      assertThat(disk.hasVersion(DATASET, FIRST)).isTrue();
      assertThat(version.resolve("b/c")).hasContent("two");
      assertThat(version.resolve("b/d")).hasContent("one");
      assertThat(modes(version)).isEqualTo("r-xr-xr-x");
      assertThat(modes(version.resolve("b"))).isEqualTo("r-xr-xr-x");
      assertThat(modes(version.resolve("b/c"))).isEqualTo("r--r--r--");
      assertThat(team.resolve("filling")).isEmptyDirectory();
    }

    @Test
    void shareOneFilePerContent() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one", "b", "two"));
      List<FileEntry> missing = fill(DATASET, SECOND, Map.of("x", "one", "y", "three"));

      assertThat(missing).extracting(file -> file.path().toString()).containsExactly("y");
      assertThat(inode(disk.version(DATASET, SECOND).resolve("x")))
          .isEqualTo(inode(disk.version(DATASET, FIRST).resolve("a")));
      assertThat(disk.contents().usage().bytes()).isEqualTo("onetwothree".length());
    }

    @Test
    void mayBeEmpty() throws Exception {
      fill(DATASET, FIRST, Map.of());

      assertThat(disk.version(DATASET, FIRST)).isEmptyDirectory();
    }

    @Test
    void goAtOnceAndTakeTheirOwnContentsWithThem() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one", "b", "two"));
      fill(DATASET, SECOND, Map.of("a", "one"));

      Path retired = disk.retire(DATASET, FIRST);
      assertThat(disk.hasVersion(DATASET, FIRST)).isFalse();
      assertThat(disk.contents().usage().bytes()).isEqualTo("onetwo".length());

      disk.emptyTrash(retired);
      assertThat(disk.contents().sweep()).isEqualTo("two".length());
      assertThat(disk.contents().usage().bytes()).isEqualTo("one".length());
      assertThat(disk.version(DATASET, SECOND).resolve("a")).hasContent("one");
    }

    @Test
    void thatAreNotThereCanBeRetired() throws Exception {
      assertThat(disk.emptyTrash(disk.retire(DATASET, FIRST))).isZero();
    }

    @Test
    void areNeverSweptWhileTheyAreFilled() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one"));
      Filling filling = disk.fill(DATASET, SECOND, Optional.empty());
      assertThat(filling.link(entry("z", "one"))).isTrue();

      disk.emptyTrash(disk.retire(DATASET, FIRST));

      assertThat(disk.contents().sweep()).isZero();
      filling.publish(1, 3);
      assertThat(disk.version(DATASET, SECOND).resolve("z")).hasContent("one");
    }

    @Test
    void goOnWhereAnEarlierAttemptWas() throws Exception {
      Filling broken = disk.fill(DATASET, FIRST, Optional.empty());
      bring(broken, entry("a", "one"), "one");

      List<FileEntry> missing = fill(DATASET, FIRST, Map.of("a", "one", "b", "two"));

      assertThat(missing).extracting(file -> file.path().toString()).containsExactly("b");
      assertThat(disk.version(DATASET, FIRST).resolve("a")).hasContent("one");
    }

    @Test
    void beginAsAnotherAndHaveItsFilesButThoseTakenOut() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one", "b/c", "two", "b/d/e", "three"));
      Filling filling = disk.fill(DATASET, SECOND, Optional.of(FIRST));

      filling.linkAll(disk.version(DATASET, FIRST), DiskTest::fails);
      filling.remove(FilePath.of("b/d/e"));
      bring(filling, entry("b/d", "four"), "four");
      filling.publish(3, "onetwofour".length());

      Path version = disk.version(DATASET, SECOND);
      assertThat(inode(version.resolve("a")))
          .isEqualTo(inode(disk.version(DATASET, FIRST).resolve("a")));
      assertThat(version.resolve("b/c")).hasContent("two");
      assertThat(version.resolve("b/d")).hasContent("four");
      assertThat(modes(version.resolve("b"))).isEqualTo("r-xr-xr-x");
    }

    @Test
    void thatBeganAsAnotherBeginAnewAsAThird() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one"));
      fill(DATASET, SECOND, Map.of("b", "two"));
      disk.fill(DATASET, THIRD, Optional.of(FIRST))
          .linkAll(disk.version(DATASET, FIRST), DiskTest::fails);

      Filling again = disk.fill(DATASET, THIRD, Optional.of(FIRST));
      assertThat(again.hasBase()).isFalse();
      again.linkAll(disk.version(DATASET, FIRST), DiskTest::fails);
      again.endBase();
      Filling goesOn = disk.fill(DATASET, THIRD, Optional.of(FIRST));
      assertThat(goesOn.hasBase()).isTrue();
      assertThat(goesOn.link(entry("a", "never stored"))).isTrue();
      Filling anew = disk.fill(DATASET, THIRD, Optional.of(SECOND));
      anew.linkAll(disk.version(DATASET, SECOND), DiskTest::fails);
      anew.publish(1, 3);

      assertThat(anew.hasBase()).isFalse();
      assertThat(disk.version(DATASET, THIRD).toFile().list()).containsExactly("b");
    }

    @Test
    void thatAreNotWhatTheyShouldBeAreNeverSeen() throws Exception {
      Filling filling = disk.fill(DATASET, FIRST, Optional.empty());
      bring(filling, entry("a", "one"), "one");

      assertThatThrownBy(() -> filling.publish(2, 3))
          .isInstanceOf(UnfitTreeException.class)
          .hasMessageContaining("has 1 files of 3 bytes, and the version 2 files of 3 bytes");
      disk.contents().sweep();
      Filling again = disk.fill(DATASET, FIRST, Optional.empty());
      bring(again, entry("a", "one"), "one");
      assertThatThrownBy(() -> again.publish(1, 4)).isInstanceOf(UnfitTreeException.class);

      assertThat(disk.hasVersion(DATASET, FIRST)).isFalse();
      assertThat(team.resolve("filling")).isEmptyDirectory();
    }

    @Test
    void haveWhatAKilledFillLeftOnceItIsChecked() throws Exception {
      Filling killed = disk.fill(DATASET, FIRST, Optional.empty());
      bring(killed, entry("a", "one"), "one");
      bring(killed, entry("b", "two"), "two");
      disk.clean();
      // As a loss of power may leave it.
      Path torn = content(entry("b", "two"));
      Files.delete(torn);
      Files.writeString(torn, "tw");

      Filling filling = disk.fill(DATASET, FIRST, Optional.empty());
      assertThatThrownBy(() -> filling.link(entry("a", "one")))
          .isInstanceOf(LooseContentException.class);
      assertThat(disk.contents().check(entry("a", "one").content())).isZero();
      assertThat(filling.link(entry("a", "one"))).isTrue();
      assertThat(disk.contents().check(entry("b", "two").content())).isEqualTo(2);
      assertThat(filling.link(entry("b", "two"))).isFalse();
    }

    private Path content(FileEntry entry) {
      String hex = entry.content().sha256().hex();
      return team.resolve("contents").resolve(hex.substring(0, 2)).resolve("blob-" + hex);
    }

    @Test
    void thatWereHalfFilledOrEvictedAreGoneAfterCleaning() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one"));
      fill(OTHER, FIRST, Map.of("a", "kept"));
      disk.retire(DATASET, FIRST);
      bring(disk.fill(DATASET, SECOND, Optional.empty()), entry("b", "two"), "two");

      disk.clean();

      assertThat(disk.contents().usage().looseBytes()).isEqualTo("onetwo".length());
      assertThat(disk.contents().sweep()).isEqualTo("onetwo".length());
      assertThat(disk.versions()).containsExactly(new PresentVersion(OTHER, FIRST));
      assertThat(team.resolve("trash")).doesNotExist();
      assertThat(team.resolve("filling")).doesNotExist();
    }
  }

  @Nested
  class Cleaning {
    @Test
    void goesOnAfterWhatCannotBeMended() throws Exception {
      Path dataset = Files.createDirectories(team.resolve("datasets/" + DATASET));
      Files.createSymbolicLink(dataset.resolve(FIRST.text()), Path.of("nowhere"));
      fill(OTHER, SECOND, Map.of("a", "one"));
      Files.setPosixFilePermissions(
          disk.version(OTHER, SECOND), PosixFilePermissions.fromString("rwxr-xr-x"));

      disk.clean();

      assertThat(modes(disk.version(OTHER, SECOND))).isEqualTo("r-xr-xr-x");
    }
  }

  @Nested
  class FullFiles {
    @Test
    void areLeftOutWhenAllIsLinked() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "same", "b", "same", "c", "same", "other", "other"));
      fill(DATASET, SECOND, Map.of("d", "same"));
      List<String> told = new ArrayList<>();

      Filling filling = disk.fill(DATASET, THIRD, Optional.of(FIRST));
      filling.linkAll(disk.version(DATASET, FIRST), (path, file) -> told.add(path.toString()));

      assertThat(told).containsExactlyInAnyOrder("a", "b", "c");
      assertThat(filling.link(entry("other", "never stored"))).isTrue();
    }

    @Test
    void areReplacedByACopyAndCountedUntilTheyAreOutOfUse() throws Exception {
      Map<String, String> same = Map.of("a", "same", "b", "same", "c", "same");
      fill(DATASET, FIRST, same);
      Filling filling = disk.fill(DATASET, SECOND, Optional.empty());
      assertThat(filling.link(entry("d", "same"))).isTrue();
      FileEntry more = entry("e", "same");

      assertThatThrownBy(() -> filling.link(more)).isInstanceOf(FullContentException.class);
      assertThat(disk.contents().renew(more.content())).isTrue();
      assertThat(disk.contents().renew(more.content())).isFalse();
      assertThat(filling.link(more)).isTrue();
      filling.publish(2, 8);

      assertThat(disk.version(DATASET, SECOND).resolve("e")).hasContent("same");
      assertThat(disk.contents().usage().bytes()).isEqualTo(2L * "same".length());
      disk.emptyTrash(disk.retire(DATASET, FIRST));
      assertThat(disk.contents().sweep()).isZero();
      disk.emptyTrash(disk.retire(DATASET, SECOND));
      assertThat(disk.contents().sweep()).isEqualTo(2L * "same".length());
      assertThat(disk.contents().usage().bytes()).isZero();
    }
  }

  @Nested
  class Links {
    private static final DatasetName NAME = new DatasetName("faces");

    @Test
    void pointAtCachedVersionsAndAreSwitched() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one"));
      fill(DATASET, SECOND, Map.of("a", "two"));
      Path link = team.resolve("datasets/faces/prod");

      disk.links().set(NAME, DATASET, Map.of("prod", FIRST, "latest", FIRST));
      assertThat(link.resolve("a")).hasContent("one");
      disk.links().set(NAME, DATASET, Map.of("prod", SECOND));

      assertThat(link.resolve("a")).hasContent("two");
      assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("../" + DATASET + "/" + SECOND));
      assertThat(link.getParent().toFile().list()).containsExactly("prod");
    }

    @Test
    void toAVersionGoBeforeIt() throws Exception {
      disk.links().set(NAME, DATASET, Map.of("prod", FIRST, "old", SECOND));

      disk.links().drop(NAME, DATASET, FIRST);

      assertThat(team.resolve("datasets/faces").toFile().list()).containsExactly("old");
    }

    @Test
    void ofAnotherDatasetUnderTheSameNameStay() throws Exception {
      disk.links().set(NAME, DATASET, Map.of("prod", FIRST));
      disk.links().set(NAME, OTHER, Map.of("next", FIRST));

      disk.links().set(NAME, DATASET, Map.of());

      assertThat(team.resolve("datasets/faces").toFile().list()).containsExactly("next");
      disk.links().set(NAME, OTHER, Map.of());
      assertThat(team.resolve("datasets/faces")).doesNotExist();
    }
  }

  @Nested
  class SealedOutputs {
    private Path directory;

    @BeforeEach
    void name() {
      directory = disk.outputs().directory(new RunName("r"), RunName.MAIN, 1, new RunName("model"));
    }

    @Test
    void areCopiesThatAnOpenWriterCannotChange() throws Exception {
      disk.outputs().open(directory);
      assertThat(modes(directory)).isEqualTo("rwxrwxrwx");
      Files.createDirectories(directory.resolve("sub"));
      Files.writeString(directory.resolve("sub/weights"), "right");
      try (OutputStream writer = Files.newOutputStream(directory.resolve("log"))) {
        writer.write("before".getBytes(StandardCharsets.UTF_8));
        disk.outputs().seal(directory, DATASET, FIRST);
        disk.outputs().copy(DATASET, FIRST, bytes -> {});
        writer.write(" after".getBytes(StandardCharsets.UTF_8));
      }

      Path copy = disk.outputs().copyOf(DATASET, FIRST);
      assertThat(directory).doesNotExist();
      assertThat(copy.resolve("log")).hasContent("before");
      assertThat(copy.resolve("sub/weights")).hasContent("right");
      assertThat(disk.outputs().copiedBytes(DATASET, FIRST)).isEqualTo("beforeright".length());
    }

    @Test
    void askForRoomForAllFirstAndKeepNothingWhenThereIsNone() throws Exception {
      disk.outputs().open(directory);
      Files.writeString(directory.resolve("a"), "12345");
      Files.writeString(directory.resolve("b"), "1234567");
      disk.outputs().seal(directory, DATASET, FIRST);
      assertThatThrownBy(
              () ->
                  disk.outputs()
                      .copy(
                          DATASET,
                          FIRST,
                          bytes -> {
                            throw new IllegalStateException("no room for " + bytes);
                          }))
          .hasMessage("no room for 12");
      assertThat(disk.outputs().copyOf(DATASET, FIRST)).doesNotExist();

      disk.outputs().copy(DATASET, FIRST, bytes -> {});

      assertThat(disk.outputs().copyOf(DATASET, FIRST).resolve("a")).hasContent("12345");
    }

    @Test
    void areNotWaitedForWhenAFileIsSwappedForAPipe() throws Exception {
      Path from = Files.createDirectories(root.resolve("sealing/left"));
      Path file = Files.writeString(from.resolve("a"), "12345");
      Path to = Files.createDirectory(root.resolve("copy"));
      // Asked before the file is copied, which grows, and once more between look and open.
      List<Long> asked = new ArrayList<>();
      Room swaps =
          bytes -> {
            asked.add(bytes);
            try {
              if (asked.size() == 1) {
                Files.writeString(file, "1234567890");
              } else {
                Files.delete(file);
                run("mkfifo", file.toString());
              }
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          };

      assertThatThrownBy(() -> new SealedCopy(to, swaps, Duration.ofMillis(200)).copy(from))
          .isInstanceOf(UnsealableException.class)
          .hasMessageContaining("\"a\" was swapped");

      assertThat(asked).containsExactly(5L, 5L);
      await()
          .until(
              () ->
                  Thread.getAllStackTraces().keySet().stream()
                      .noneMatch(thread -> thread.getName().equals("seal")));
    }

    @Test
    void holdNoLinksOrPipes() throws Exception {
      assertUnsealable(
          d -> Files.createSymbolicLink(d.resolve("x"), Path.of("/etc/passwd")),
          "\"x\" is a symbolic link");
      assertUnsealable(
          d ->
              Files.createSymbolicLink(
                  Files.createDirectory(d.resolve("d")).resolve("y"), Path.of(".")),
          "\"d/y\" is a symbolic link");
      assertUnsealable(d -> run("mkfifo", d.resolve("p").toString()), "\"p\" is a device, pipe");
      assertUnsealable(d -> run("bash", "-c", "touch '" + d + "/'$'\\xff'"), "is not UTF-8");
    }

    @Test
    void areEmptyWhenTheDirectoryIsGone() throws Exception {
      disk.outputs().seal(directory, DATASET, FIRST);
      disk.outputs().copy(DATASET, FIRST, bytes -> {});

      assertThat(disk.outputs().copyOf(DATASET, FIRST)).isEmptyDirectory();
    }

    @Test
    void areRemovedWhateverTheirModesAndNothingBehindALinkIs() throws Exception {
      Path outside = Files.createDirectories(root.resolve("outside"));
      Files.writeString(outside.resolve("precious"), "kept");
      disk.outputs().open(directory);
      Path locked = Files.createDirectories(directory.resolve("a/b"));
      Files.writeString(locked.resolve("file"), "x");
      Files.createSymbolicLink(directory.resolve("a/link"), outside);
      Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
      Files.setPosixFilePermissions(
          locked.getParent(), PosixFilePermissions.fromString("---------"));

      disk.outputs().remove(directory);

      assertThat(team.resolve("outputs")).isEmptyDirectory();
      assertThat(team.resolve("trash")).isEmptyDirectory();
      assertThat(outside.resolve("precious")).hasContent("kept");
    }

    @Test
    void areRemovedHoweverDeepTheyAre() throws Exception {
      disk.outputs().open(directory);
      // Built from the inside out, since no path could name the deepest.
      Path deep = Files.createDirectories(root.resolve("0"));
      for (int level = 1; level <= 6_000; level++) {
        Path above = Files.createDirectory(root.resolve(Integer.toString(level)));
        Files.move(deep, above.resolve("d"));
        deep = above;
      }
      Files.move(deep, directory.resolve("deep"));

      disk.outputs().remove(directory);

      assertThat(team.resolve("outputs")).isEmptyDirectory();
      assertThat(team.resolve("trash")).isEmptyDirectory();
    }

    @Test
    void thatNobodyOwnsGoAtStart() throws Exception {
      disk.outputs().open(directory);
      Path other =
          disk.outputs().directory(new RunName("r"), RunName.MAIN, 2, new RunName("model"));
      disk.outputs().open(other);
      disk.outputs().seal(other, DATASET, FIRST);
      disk.outputs().seal(other, DATASET, SECOND);

      disk.outputs().removeUnless(Set.of(directory), Set.of(new PresentVersion(DATASET, FIRST)));
      assertThat(directory).exists();
      assertThat(team.resolve("sealing").toFile().list()).containsExactly(DATASET + "." + FIRST);

      disk.outputs().removeUnless(Set.of(), Set.of());
      assertThat(directory).doesNotExist();
      assertThat(team.resolve("sealing")).isEmptyDirectory();
    }

    private interface Step {
      void in(Path directory) throws Exception;
    }

    private void assertUnsealable(Step step, String reason) throws Exception {
      disk.outputs().open(directory);
      step.in(directory);
      disk.outputs().seal(directory, DATASET, SECOND);
      assertThatThrownBy(() -> disk.outputs().copy(DATASET, SECOND, bytes -> {}))
          .isInstanceOf(UnsealableException.class)
          .hasMessageContaining(reason);
      disk.outputs().removeSealed(DATASET, SECOND);
    }

    private static void run(String... command) throws Exception {
      assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
  }

  private List<FileEntry> fill(DatasetId dataset, VersionId version, Map<String, String> files)
      throws Exception {
    Filling filling = disk.fill(dataset, version, Optional.empty());
    List<FileEntry> missing = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      FileEntry entry = entry(file.getKey(), file.getValue());
      if (!filling.link(entry)) {
        missing.add(entry);
        bring(filling, entry, file.getValue());
      }
    }
    filling.publish(files.size(), files.values().stream().mapToLong(String::length).sum());
    return missing;
  }

  private void bring(Filling filling, FileEntry entry, String text) throws Exception {
    filling.miss(entry.content());
    Files.writeString(filling.missing(entry.content()), text);
    disk.contents().add(entry.content(), filling.missing(entry.content()));
    assertThat(filling.link(entry)).isTrue();
  }

  private static void fails(FilePath path, Path file) {
    throw new AssertionError(path + " is full");
  }

  private static FileEntry entry(String path, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ContentId content =
        FileCutter.digest(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream())
            .content();
    return new FileEntry(FilePath.of(path), bytes.length, content);
  }

  private static String modes(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static Object inode(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino");
  }
}
