package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** What {@code moraine config} keeps: a host and a key for it, readable by their owner only. */
record Configuration(Optional<String> host, Optional<String> key) {
  private static final String HOST = "host";
  private static final String KEY = "key";
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  static Path file(Directories directories) {
    return directories.config().resolve("config.properties");
  }

  static Configuration load(Directories directories) {
    Path file = file(directories);
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (NoSuchFileException e) {
      return new Configuration(Optional.empty(), Optional.empty());
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailed(file + " cannot be read: " + e + ". Mend or remove it.", e);
    }
    return new Configuration(
        Optional.ofNullable(properties.getProperty(HOST)),
        Optional.ofNullable(properties.getProperty(KEY)));
  }

  /** Keeps it, at once or not at all; the file is never readable by others, not for a moment. */
  void save(Directories directories) throws IOException {
    Path file = file(directories);
    Files.createDirectories(file.getParent());
    Properties properties = new Properties();
    host.ifPresent(value -> properties.setProperty(HOST, value));
    key.ifPresent(value -> properties.setProperty(KEY, value));
    StringWriter text = new StringWriter();
    properties.store(text, "moraine config");
    Path fresh = Files.createTempFile(file.getParent(), "config", "", OWNER_ONLY);
    try {
      Files.writeString(fresh, text.toString());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
