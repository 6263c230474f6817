package io.moraine.cache.disk;

import io.moraine.vocabulary.TeamId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The shared file system of a region: a directory per team. Thread-safe. */
public final class ShareStorage {
  private final Path root;
  private final int linksPerFile;
  private final Map<TeamId, TeamDisk> teams = new ConcurrentHashMap<>();

  /**
   * @param linksPerFile the most links that a file of this file system may have
   */
  public ShareStorage(Path root, int linksPerFile) {
    this.root = root;
    this.linksPerFile = linksPerFile;
  }

  public TeamDisk team(TeamId team) {
    return teams.computeIfAbsent(team, t -> new TeamDisk(root.resolve(t.text()), linksPerFile));
  }

  /** The teams that have something here. */
  public List<TeamId> teams() throws IOException {
    List<TeamId> present = new ArrayList<>();
    Files.createDirectories(root);
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
      for (Path directory : directories) {
        String name = directory.getFileName().toString();
        if (TeamId.looksLike(name)) {
          present.add(new TeamId(name));
        }
      }
    }
    return present;
  }

  /** Bytes of the file system that nobody uses. */
  public long freeBytes() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }
}
