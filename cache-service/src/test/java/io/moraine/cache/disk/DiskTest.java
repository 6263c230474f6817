package io.moraine.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
      assertThat(disk.contents().bytes()).isEqualTo("onetwothree".length());
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
      assertThat(disk.contents().bytes()).isEqualTo("onetwo".length());

      disk.emptyTrash(retired);
      assertThat(disk.contents().sweep()).isEqualTo("two".length());
      assertThat(disk.contents().bytes()).isEqualTo("one".length());
      assertThat(disk.version(DATASET, SECOND).resolve("a")).hasContent("one");
    }

    @Test
    void thatAreNotThereCanBeRetired() throws Exception {
      assertThat(disk.emptyTrash(disk.retire(DATASET, FIRST))).isZero();
    }

    @Test
    void areNeverSweptWhileTheyAreFilled() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one"));
      Filling filling = disk.fill(DATASET, SECOND);
      assertThat(filling.link(entry("z", "one"))).isTrue();

      disk.emptyTrash(disk.retire(DATASET, FIRST));

      assertThat(disk.contents().sweep()).isZero();
      disk.publish(DATASET, SECOND, 1);
      assertThat(disk.version(DATASET, SECOND).resolve("z")).hasContent("one");
    }

    @Test
    void goOnWhereAnEarlierAttemptWas() throws Exception {
      Filling broken = disk.fill(DATASET, FIRST);
      bring(broken, entry("a", "one"), "one");

      List<FileEntry> missing = fill(DATASET, FIRST, Map.of("a", "one", "b", "two"));

      assertThat(missing).extracting(file -> file.path().toString()).containsExactly("b");
      assertThat(disk.version(DATASET, FIRST).resolve("a")).hasContent("one");
    }

    @Test
    void thatWereHalfFilledOrEvictedAreGoneAfterCleaning() throws Exception {
      fill(DATASET, FIRST, Map.of("a", "one"));
      fill(OTHER, FIRST, Map.of("a", "kept"));
      disk.retire(DATASET, FIRST);
      bring(disk.fill(DATASET, SECOND), entry("b", "two"), "two");

      disk.clean();

      assertThat(disk.contents().sweep()).isEqualTo("onetwo".length());
      assertThat(disk.versions()).containsExactly(new PresentVersion(OTHER, FIRST));
      assertThat(team.resolve("trash")).doesNotExist();
      assertThat(team.resolve("filling")).doesNotExist();
    }
  }

  @Nested
  class FullFiles {
    @Test
    void areReplacedByACopyAndCountedUntilTheyAreOutOfUse() throws Exception {
      Map<String, String> same = Map.of("a", "same", "b", "same", "c", "same");
      fill(DATASET, FIRST, same);
      Filling filling = disk.fill(DATASET, SECOND);
      assertThat(filling.link(entry("d", "same"))).isTrue();
      FileEntry more = entry("e", "same");

      assertThatThrownBy(() -> filling.link(more)).isInstanceOf(FullContentException.class);
      assertThat(disk.contents().renew(more.content())).isTrue();
      assertThat(disk.contents().renew(more.content())).isFalse();
      assertThat(filling.link(more)).isTrue();
      disk.publish(DATASET, SECOND, 2);

      assertThat(disk.version(DATASET, SECOND).resolve("e")).hasContent("same");
      assertThat(disk.contents().bytes()).isEqualTo(2L * "same".length());
      disk.emptyTrash(disk.retire(DATASET, FIRST));
      assertThat(disk.contents().sweep()).isZero();
      disk.emptyTrash(disk.retire(DATASET, SECOND));
      assertThat(disk.contents().sweep()).isEqualTo(2L * "same".length());
      assertThat(disk.contents().bytes()).isZero();
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
    void askForRoomBeforeEachFileAndBeginAnewWhenThereWasNone() throws Exception {
      disk.outputs().open(directory);
      Files.writeString(directory.resolve("a"), "12345");
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
          .hasMessage("no room for 5");

      disk.outputs().copy(DATASET, FIRST, bytes -> {});

      assertThat(disk.outputs().copyOf(DATASET, FIRST).resolve("a")).hasContent("12345");
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
    Filling filling = disk.fill(dataset, version);
    List<FileEntry> missing = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      FileEntry entry = entry(file.getKey(), file.getValue());
      if (!filling.link(entry)) {
        missing.add(entry);
        bring(filling, entry, file.getValue());
      }
    }
    disk.publish(dataset, version, files.size());
    return missing;
  }

  private void bring(Filling filling, FileEntry entry, String text) throws Exception {
    filling.miss(entry.content());
    Files.writeString(filling.missing(entry.content()), text);
    disk.contents().add(entry.content(), filling.missing(entry.content()));
    assertThat(filling.link(entry)).isTrue();
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
