package io.moraine.cli.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatCacheTest {
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00.123456789Z");

  @TempDir private Path directory;
  @TempDir private Path caches;
  private final Sha256 digest = Sha256.of(new byte[] {7});

  @BeforeEach
  void write() throws IOException {
    for (String name : List.of("a", "b ü", "c")) {
      Path file = directory.resolve(name);
      Files.writeString(file, name);
      Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    }
  }

  private LocalTree tree() throws IOException {
    return LocalTree.walk(directory, false);
  }

  private StatCache remember() throws IOException {
    List<Remembered> files = new ArrayList<>();
    for (TreeFile file : tree().files()) {
      ContentId content =
          new ContentId(ContentKind.BLOB, Sha256.of(Files.readAllBytes(file.below(directory))));
      files.add(Remembered.of(file, content, StatCache.now()));
    }
    return new StatCache(Optional.of(digest), files);
  }

  private StatCache saved() throws IOException {
    remember().save(caches, directory);
    return StatCache.load(caches, directory);
  }

  @Test
  void whatIsSavedComesBack() throws IOException {
    assertThat(saved()).isEqualTo(remember());
    assertThat(saved().isStill(tree())).isTrue();
  }

  @Test
  void onlyItsOwnerReadsIt() throws IOException {
    saved();
    try (var files = Files.walk(caches)) {
      Path file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void everyKindOfChangeIsNoticed() throws IOException {
    StatCache cache = saved();
    Path file = directory.resolve("a");
    awaitAnotherTime(file);

    Files.writeString(file, "A");
    assertThat(cache.isStill(tree())).as("same size, new time").isFalse();

    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    assertThat(cache.isStill(tree())).as("time set back: ctime tells").isFalse();

    cache = saved();
    Files.writeString(directory.resolve("new"), "x");
    assertThat(cache.isStill(tree())).as("one more").isFalse();
    Files.delete(directory.resolve("new"));
    assertThat(cache.isStill(tree())).isTrue();
    Files.move(directory.resolve("c"), directory.resolve("d"));
    assertThat(cache.isStill(tree())).as("another name").isFalse();
  }

  /** Until the clock that the file system takes its times from has moved on since {@code file}. */
  private void awaitAnotherTime(Path file) throws IOException {
    Path probe = caches.resolve("probe");
    do {
      Files.writeString(probe, "x");
    } while (Stat.of(probe).changedNanos() <= Stat.of(file).changedNanos());
  }

  @Test
  void aFileJustWrittenIsKeptButNotTrusted() throws IOException {
    Files.writeString(directory.resolve("a"), "now");
    StatCache cache = saved();
    assertThat(cache.files()).extracting(Remembered::isTrusted).containsExactly(false, true, true);
    assertThat(cache.isStill(tree())).isFalse();
  }

  @Test
  void aDamagedCacheIsAnEmptyOne() throws IOException {
    Path file;
    saved();
    try (var files = Files.walk(caches)) {
      file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      assertThat(StatCache.load(caches, directory)).isEqualTo(StatCache.EMPTY);
    }
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThat(StatCache.load(caches, directory)).isEqualTo(StatCache.EMPTY);
    }
  }

  @Test
  void anotherDirectoryHasAnother() throws IOException {
    saved();
    assertThat(StatCache.load(caches, directory.resolve("x"))).isEqualTo(StatCache.EMPTY);
  }
}
