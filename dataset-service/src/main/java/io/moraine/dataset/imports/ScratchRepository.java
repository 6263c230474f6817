package io.moraine.dataset.imports;

import io.moraine.vocabulary.ImportId;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.transport.PackParser;

/**
 * A bare repository in a directory of its own, which goes with it. Takes packs within limits
 * ({@link GuardedPack}): what a pack says of itself is believed by JGit when it makes room for it.
 * Not thread-safe.
 */
final class ScratchRepository extends FileRepository {
  private final GuardedPack.Limits limits;

  private ScratchRepository(Path directory, GuardedPack.Limits limits) throws IOException {
    super(directory.toFile());
    this.limits = limits;
  }

  /** A new one; what is in {@code directory} is deleted. */
  static ScratchRepository create(Path directory, GuardedPack.Limits limits) throws IOException {
    delete(directory);
    Files.createDirectories(directory);
    ScratchRepository made = new ScratchRepository(directory, limits);
    made.create(true);
    // Refs come before anything is asked for then, within a limit of their own.
    made.getConfig()
        .setInt(
            ConfigConstants.CONFIG_PROTOCOL_SECTION, null, ConfigConstants.CONFIG_KEY_VERSION, 0);
    return made;
  }

  @Override
  public ObjectInserter newObjectInserter() {
    ObjectInserter own = super.newObjectInserter();
    return new ObjectInserter.Filter() {
      @Override
      protected ObjectInserter delegate() {
        return own;
      }

      @Override
      public PackParser newPackParser(InputStream in) throws IOException {
        PackParser parser = own.newPackParser(new GuardedPack(in, limits));
        parser.setMaxObjectSizeLimit(limits.objectBytes());
        return parser;
      }
    };
  }

  /** Closes it and deletes its directory. */
  void discard() {
    File directory = getDirectory();
    close();
    try {
      delete(directory.toPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes what a process that was killed left below {@code directory}, if it is so old. */
  static void deleteOld(Path directory, Duration age) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    Instant oldest = Instant.now().minus(age);
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            directory, path -> ImportId.looksLike(path.getFileName().toString()))) {
      for (Path repository : all) {
        if (Files.getLastModifiedTime(repository).toInstant().isBefore(oldest)) {
          delete(repository);
        }
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
