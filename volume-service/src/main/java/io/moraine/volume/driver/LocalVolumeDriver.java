package io.moraine.volume.driver;

import io.moraine.kit.disk.HostileTree;
import io.moraine.vocabulary.TeamId;
import io.moraine.volume.mount.SharedStorage;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * Volumes as directories of the shared storage. Sizes are not bounded: a plain directory has no
 * quota, so the file system's free space is the only limit.
 */
@ApplicationScoped
public class LocalVolumeDriver implements VolumeDriver {
  /** Each lost race means that another release came through. */
  private static final int MOST_ATTEMPTS = 100;

  private final SharedStorage shared;

  public LocalVolumeDriver(SharedStorage shared) {
    this.shared = shared;
  }

  @Override
  public String provision(VolumeName name, OptionalLong sizeBytes) throws IOException {
    return make(directory(name));
  }

  @Override
  public void release(VolumeName name) throws IOException {
    Path directory = directory(name);
    HostileTree.remove(directory);
    Path job = directory.getParent();
    if (removeIfEmpty(job)) {
      removeIfEmpty(job.getParent());
    }
  }

  @Override
  public boolean exists(VolumeName name) {
    return Files.exists(directory(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public String storage(TeamId team) throws IOException {
    return make(shared.storage(team));
  }

  @Override
  public boolean boundsSize() {
    return false;
  }

  private Path directory(VolumeName name) {
    return shared.volume(name.run(), name.job(), name.output());
  }

  private String make(Path directory) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        makeBelowRoot(directory);
        return directory.toString();
      } catch (NoSuchFileException e) {
        // The release of the last volume beside this one removed their parent in between.
        if (attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Makes one directory after the other, each durable in its parent. Synced also when it was there:
   * the process that made it may have died before it synced.
   */
  private void makeBelowRoot(Path directory) throws IOException {
    if (directory.equals(shared.root())) {
      return;
    }
    makeBelowRoot(directory.getParent());
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(directory + " is in the way of a volume: it is no directory", e);
      }
    }
    try (FileChannel parent = FileChannel.open(directory.getParent(), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  private static boolean removeIfEmpty(Path directory) throws IOException {
    try {
      Files.delete(directory);
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    } catch (NoSuchFileException e) {
      return true;
    }
  }
}
