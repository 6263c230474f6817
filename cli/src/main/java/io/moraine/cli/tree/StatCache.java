package io.moraine.cli.tree;

import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a directory between two commands: each file's content together with the
 * {@link Stat} it had when it was read, and the digest of the version that all of them made. A hint
 * and never the truth: a cache that is damaged, of another directory or of another time counts as
 * empty. Immutable.
 *
 * <p>A file that was modified less than two seconds before it was read may change once more without
 * showing another time; such an entry is kept, since it tells what was pushed, but is not trusted.
 *
 * @param digest of the version that has exactly these files; none if they were never one
 */
public record StatCache(Optional<Sha256> digest, List<Remembered> files) {
  /** Nothing remembered. */
  public static final StatCache EMPTY = new StatCache(Optional.empty(), List.of());

  private static final long RACY_NANOS = 2_000_000_000L;

  /** A file as it was when its content was known. */
  public record Remembered(FileEntry entry, Stat stat, boolean isTrusted) {
    /**
     * @param readNanos when its reading began, or earlier
     */
    public static Remembered of(TreeFile file, ContentId content, long readNanos) {
      return of(
          new FileEntry(file.path(), file.stat().sizeBytes(), content), file.stat(), readNanos);
    }

    /** As {@link #of(TreeFile, ContentId, long)}. */
    public static Remembered of(FileEntry entry, Stat stat, long readNanos) {
      return new Remembered(entry, stat, stat.modifiedNanos() + RACY_NANOS <= readNanos);
    }

    /** The content of {@code file} if nothing about it has changed. */
    public boolean isStill(TreeFile file) {
      return isTrusted && entry.path().equals(file.path()) && stat.equals(file.stat());
    }
  }

  public StatCache {
    files = List.copyOf(files);
  }

  /** Nanoseconds since 1970, as {@link Stat} has them. */
  public static long now() {
    java.time.Instant now = java.time.Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /** What is remembered, for who asks in the order of the paths. */
  public Recall recall() {
    return new Recall(files.iterator());
  }

  /** Whether {@code tree} holds these files and no others, all of them unchanged and trusted. */
  public boolean isStill(LocalTree tree) {
    if (files.size() != tree.files().size()) {
      return false;
    }
    for (int i = 0; i < files.size(); i++) {
      if (!files.get(i).isStill(tree.files().get(i))) {
        return false;
      }
    }
    return true;
  }

  /** What {@code directory}, a real path, was when {@link #save} was called last. */
  public static StatCache load(Path caches, Path directory) {
    try (StatFile.Reader reader = StatFile.open(file(caches, directory), directory)) {
      List<Remembered> files = new ArrayList<>(reader.count());
      reader.forEachRemaining(files::add);
      return new StatCache(reader.digest(), files);
    } catch (IOException | RuntimeException e) {
      // Only what is hashed again is lost.
      return EMPTY;
    }
  }

  /** Remembers it, at once or not at all. */
  public void save(Path caches, Path directory) throws IOException {
    StatFile.write(file(caches, directory), directory, digest, files.size(), files.iterator());
  }

  /** Where {@code directory} is remembered. */
  public static Path file(Path caches, Path directory) {
    Sha256 name = Sha256.of(directory.toString().getBytes(StandardCharsets.UTF_8));
    return caches.resolve("trees").resolve(name.hex().substring(0, 32));
  }
}
