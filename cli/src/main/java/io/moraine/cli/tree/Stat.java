package io.moraine.cli.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a file system says of a file without reading it. Times are nanoseconds since 1970; a file
 * system that has no inodes or times of change gives zero.
 *
 * @param type of the file: only a regular one can be in a version
 */
public record Stat(Type type, long sizeBytes, long modifiedNanos, long changedNanos, long inode) {
  /** What lies under a name. */
  public enum Type {
    FILE,
    DIRECTORY,
    LINK,
    OTHER
  }

  private static final int TYPE_BITS = 0170000;
  private static final boolean HAS_INODES =
      java.nio.file.FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

  /** Of {@code file} itself, not of what a link points at. */
  public static Stat of(Path file) throws IOException {
    return HAS_INODES ? unix(file) : basic(file);
  }

  private static Stat unix(Path file) throws IOException {
    Map<String, Object> all =
        Files.readAttributes(
            file, "unix:mode,size,lastModifiedTime,ctime,ino", LinkOption.NOFOLLOW_LINKS);
    Type type =
        switch ((int) all.get("mode") & TYPE_BITS) {
          case 0100000 -> Type.FILE;
          case 0040000 -> Type.DIRECTORY;
          case 0120000 -> Type.LINK;
          default -> Type.OTHER;
        };
    return new Stat(
        type,
        (long) all.get("size"),
        nanos((FileTime) all.get("lastModifiedTime")),
        nanos((FileTime) all.get("ctime")),
        (long) all.get("ino"));
  }

  private static Stat basic(Path file) throws IOException {
    BasicFileAttributes all =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Type type =
        all.isRegularFile()
            ? Type.FILE
            : all.isDirectory() ? Type.DIRECTORY : all.isSymbolicLink() ? Type.LINK : Type.OTHER;
    return new Stat(type, all.size(), nanos(all.lastModifiedTime()), 0, 0);
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }

  /** The time of the last change, as the file system gave it. */
  public FileTime modified() {
    return FileTime.from(modifiedNanos, TimeUnit.NANOSECONDS);
  }
}
