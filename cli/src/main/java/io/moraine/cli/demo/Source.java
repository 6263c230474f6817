package io.moraine.cli.demo;

import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.CommandFailed;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.FilePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * What the demo works on: the files of a directory.
 *
 * @param title for people
 * @param dataset to put them into
 * @param skipped what is no regular file, or has no name that a version can hold
 */
record Source(String title, DatasetName dataset, List<SourceFile> files, List<Path> skipped) {
  /** A demo shows and does not migrate: a few minutes on a small machine. */
  static final int MOST_FILES = 20_000;

  static final long MOST_BYTES = 4_000_000_000L;

  /** Never a name that a user's own dataset is likely to have. */
  private static final String NAME_PREFIX = "demo-";

  private static final int LONGEST_NAME = 100;
  private static final char UNDECODABLE = '\uFFFD';

  /** The images that the jar brings, unpacked into {@code directory}. */
  static Source fashionMnist(Path directory) throws IOException {
    try (InputStream archive = Source.class.getResourceAsStream("fashion-mnist.zip");
        ZipInputStream zip = new ZipInputStream(archive)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = directory.resolve(FilePath.of(entry.getName()).toString());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
    return read(
        directory,
        "2,000 images of Fashion-MNIST (Zalando SE, MIT licence)",
        new DatasetName(NAME_PREFIX + "fashion-mnist"));
  }

  /** The files in a user's directory. */
  static Source directory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new CommandFailed(
          directory + " is no directory; give the demo one with files, or none for its images.");
    }
    Path real = directory.toRealPath();
    return read(real, "the files in " + real, name(real));
  }

  private static DatasetName name(Path directory) {
    String text = directory.getNameCount() == 0 ? "root" : directory.getFileName().toString();
    String usable = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    return new DatasetName(
        NAME_PREFIX + usable.substring(0, Math.min(usable.length(), LONGEST_NAME)));
  }

  private static Source read(Path directory, String title, DatasetName dataset) throws IOException {
    List<Path> skipped = new ArrayList<>();
    List<Path> found = new ArrayList<>();
    long bytes = 0;
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) walk::iterator) {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
            || path.toString().indexOf(UNDECODABLE) >= 0) {
          skipped.add(path);
          continue;
        }
        found.add(path);
        bytes += Files.size(path);
        requireBounds(directory, found.size(), bytes);
      }
    } catch (UncheckedIOException e) {
      throw new CommandFailed(
          directory + " cannot be read whole: " + e.getCause() + ". Give the demo one that can.",
          e);
    }
    if (found.isEmpty()) {
      throw new CommandFailed(directory + " holds no files; give the demo a directory that does.");
    }
    List<SourceFile> files = new ArrayList<>();
    for (Path path : found) {
      files.add(SourceFile.of(FilePath.of(directory.relativize(path).toString()), path));
    }
    return new Source(title, dataset, List.copyOf(files), List.copyOf(skipped));
  }

  private static void requireBounds(Path directory, int files, long bytes) {
    if (files > MOST_FILES || bytes > MOST_BYTES) {
      throw new CommandFailed(
          String.format(
              Locale.ROOT,
              "%s holds more than the demo takes (%,d files, %s); give it a smaller directory.",
              directory,
              MOST_FILES,
              ByteSize.of(MOST_BYTES)));
    }
  }

  long bytes() {
    return files.stream().mapToLong(SourceFile::sizeBytes).sum();
  }
}
