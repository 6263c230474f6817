package io.moraine.standalone.server;

import io.moraine.standalone.home.Durable;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.lang3.SystemUtils;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's own programs ({@code initdb}, {@code pg_ctl}, {@code postgres}), unpacked from the
 * Maven artifact of this machine's system and processor. The artifact's own starter is not used: it
 * turns fsync and passwords off.
 */
record PostgresPrograms(Path directory) {
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  /** Unpacks under {@code parent}, once per version; may be called by several processes at once. */
  static PostgresPrograms unpack(Path parent) throws IOException {
    Path directory = parent.resolve("postgres-" + archiveDigest().substring(0, 12));
    if (Files.isDirectory(directory)) {
      return new PostgresPrograms(directory);
    }
    Files.createDirectories(parent);
    Path unfinished = Files.createTempDirectory(parent, "unpacking-");
    try {
      extract(unfinished);
      if (!Files.isDirectory(directory)) {
        Files.move(unfinished, directory);
      }
    } catch (java.nio.file.FileAlreadyExistsException
        | java.nio.file.DirectoryNotEmptyException e) {
      // Another process was faster; its copy is as good.
    } finally {
      Durable.delete(unfinished);
    }
    return new PostgresPrograms(directory);
  }

  /**
   * A command line for one of the programs. PostgreSQL refuses to run as root; there it runs in a
   * user namespace of its own, where it has no name, while its process id stays what it is.
   */
  List<String> command(String program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (ROOT) {
      if (!LinuxUtils.isUnshareAvailable()) {
        throw new IllegalStateException(
            "PostgreSQL refuses to run as root and this system has no user namespaces"
                + " (\"unshare -U\" fails): run Moraine as an ordinary user.");
      }
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(directory.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    return command;
  }

  private static InputStream archive() throws IOException {
    String system = SystemUtils.IS_OS_MAC ? "Darwin" : "Linux";
    String processor = SystemUtils.OS_ARCH.equals("amd64") ? "x86_64" : SystemUtils.OS_ARCH;
    try {
      return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, processor);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "There is no PostgreSQL for " + system + " on " + processor + " in this build.", e);
    }
  }

  private static void extract(Path directory) throws IOException {
    try (InputStream archive = archive();
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        Path path = directory.resolve(entry.getName()).normalize();
        if (!path.startsWith(directory)) {
          throw new IOException("The PostgreSQL archive leaves its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          path.toFile().setExecutable((entry.getMode() & 0100) != 0);
        }
      }
    }
  }

  private static String archiveDigest() throws IOException {
    try (InputStream archive = archive()) {
      return DigestUtils.sha256Hex(archive);
    }
  }
}
