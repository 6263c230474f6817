package io.moraine.cli.data;

import io.moraine.cli.tree.Recall;
import io.moraine.cli.tree.Stat;
import io.moraine.cli.tree.StatCache;
import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.cli.tree.StatFile;
import io.moraine.cli.tree.TreeFile;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a directory's files, asked about in the order of their paths: what the last
 * whole push or pull left there, and what pulls that broke off were about to place. Not
 * thread-safe.
 */
final class Recollection implements Closeable {
  /** Beginning of the names of what pulls that have not ended are about to place. */
  static final String BEGUN = "begun-";

  private final List<StatFile.Reader> open = new ArrayList<>();
  private final List<Recall> begun = new ArrayList<>();
  private Recall last = new Recall(Collections.emptyIterator());
  private boolean isVersion;

  /**
   * What is known of one file.
   *
   * @param last what the last push or pull left
   * @param fromVersions what committed versions have there: it can be had again
   */
  record Known(Optional<Remembered> last, List<FileEntry> fromVersions) {
    /** The content of {@code file} if that needs no reading. */
    Optional<ContentId> content(TreeFile file) {
      return last.filter(known -> known.isStill(file)).map(known -> known.entry().content());
    }

    /** Whether a version may have a file of this size there. */
    boolean mayBeFromVersion(long sizeBytes) {
      return fromVersions.stream().anyMatch(entry -> entry.sizeBytes() == sizeBytes);
    }

    boolean isFromVersion(ContentId content) {
      return fromVersions.stream().anyMatch(entry -> entry.content().equals(content));
    }
  }

  private Recollection() {}

  /** Begins at the first path; what cannot be read is not known. */
  static Recollection of(Path caches, Path root, Path pulling) throws IOException {
    Recollection all = new Recollection();
    all.open(StatCache.file(caches, root), root)
        .ifPresent(
            reader -> {
              all.last = new Recall(reader);
              all.isVersion = reader.digest().isPresent();
            });
    if (Files.isDirectory(pulling)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(pulling, BEGUN + "*")) {
        for (Path file : files) {
          all.open(file, root).ifPresent(reader -> all.begun.add(new Recall(reader)));
        }
      }
    }
    return all;
  }

  private Optional<StatFile.Reader> open(Path file, Path root) {
    try {
      StatFile.Reader reader = StatFile.open(file, root);
      open.add(reader);
      return Optional.of(reader);
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** What is known of {@code path}, which comes after all that were asked about before. */
  Known of(FilePath path) {
    Optional<Remembered> left = last.of(path);
    List<FileEntry> fromVersions = new ArrayList<>(1 + begun.size());
    left.filter(file -> isVersion).ifPresent(file -> fromVersions.add(file.entry()));
    for (Recall pull : begun) {
      pull.of(path).ifPresent(file -> fromVersions.add(file.entry()));
    }
    return new Known(left, fromVersions);
  }

  /** An entry as a pull remembers it before it places the file. */
  static Remembered about(FileEntry entry) {
    return new Remembered(entry, new Stat(Stat.Type.FILE, entry.sizeBytes(), 0, 0, 0), false);
  }

  @Override
  public void close() throws IOException {
    for (StatFile.Reader reader : open) {
      reader.close();
    }
  }
}
