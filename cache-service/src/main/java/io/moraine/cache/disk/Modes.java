package io.moraine.cache.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Who may do what: cached files and directories are everybody's to read and nobody's to write. */
final class Modes {
  private static final Set<PosixFilePermission> READ_ONLY_FILE =
      PosixFilePermissions.fromString("r--r--r--");
  private static final Set<PosixFilePermission> READ_ONLY_DIRECTORY =
      PosixFilePermissions.fromString("r-xr-xr-x");

  /** Ours to change: even moving a directory elsewhere needs the right to write into it. */
  static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rwxr-xr-x");

  private static final Set<PosixFilePermission> EVERYBODYS =
      PosixFilePermissions.fromString("rwxrwxrwx");

  private Modes() {}

  static void readOnlyFile(Path file) throws IOException {
    Files.setPosixFilePermissions(file, READ_ONLY_FILE);
  }

  static void readOnlyDirectory(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, READ_ONLY_DIRECTORY);
  }

  static void ours(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, OURS);
  }

  /** For a job that may run as any user. */
  static void everybodys(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, EVERYBODYS);
  }
}
