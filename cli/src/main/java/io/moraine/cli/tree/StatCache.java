package io.moraine.cli.tree;

import io.moraine.content.format.ByteReader;
import io.moraine.content.format.ByteWriter;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.FormatException;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

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
  private static final int CHECKSUM_BYTES = 4;
  private static final String WHAT = "stat cache";
  private static final int MAGIC = 'M' << 24 | 'S' << 16 | 'C' << 8 | 1;

  /** A file as it was when its content was known. */
  public record Remembered(FileEntry entry, Stat stat, boolean isTrusted) {
    /**
     * @param readNanos when its reading began, or earlier
     */
    public static Remembered of(TreeFile file, ContentId content, long readNanos) {
      return new Remembered(
          new FileEntry(file.path(), file.stat().sizeBytes(), content),
          file.stat(),
          file.stat().modifiedNanos() + RACY_NANOS <= readNanos);
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

  /** What is remembered, by path. */
  public Map<FilePath, Remembered> byPath() {
    Map<FilePath, Remembered> byPath = new HashMap<>(files.size() * 2);
    files.forEach(file -> byPath.put(file.entry().path(), file));
    return byPath;
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
    try {
      return decode(Files.readAllBytes(file(caches, directory)), directory);
    } catch (NoSuchFileException e) {
      return EMPTY;
    } catch (IOException | RuntimeException e) {
      // Only what is hashed again is lost.
      return EMPTY;
    }
  }

  /** Remembers it, at once or not at all. */
  public void save(Path caches, Path directory) throws IOException {
    Path file = file(caches, directory);
    Files.createDirectories(file.getParent());
    Path fresh =
        Files.createTempFile(
            file.getParent(),
            "new",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.write(fresh, encode(directory));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static Path file(Path caches, Path directory) {
    Sha256 name = Sha256.of(directory.toString().getBytes(StandardCharsets.UTF_8));
    return caches.resolve("trees").resolve(name.hex().substring(0, 32));
  }

  /** Ends with the CRC-32C of all before it: damage is noticed, and malice is not its business. */
  byte[] encode(Path directory) {
    ByteWriter out = new ByteWriter(1 << 20);
    out.u32(MAGIC);
    text(out, directory.toString());
    out.sha256(digest.orElse(Sha256.of(new byte[0])));
    out.u8(digest.isPresent() ? 1 : 0);
    out.varint(files.size());
    for (Remembered file : files) {
      text(out, file.entry().path().toString());
      out.u8(file.isTrusted() ? 1 : 0);
      out.varint(file.stat().sizeBytes());
      number(out, file.stat().modifiedNanos());
      number(out, file.stat().changedNanos());
      number(out, file.stat().inode());
      out.u8(file.entry().content().kind().code());
      out.sha256(file.entry().content().sha256());
    }
    byte[] bytes = out.toBytes();
    out.u32(checksum(bytes, bytes.length));
    return out.toBytes();
  }

  /** The processor has an instruction for it, which even a JVM that has just started uses. */
  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  static StatCache decode(byte[] bytes, Path directory) {
    int length = Math.max(0, bytes.length - CHECKSUM_BYTES);
    ByteReader end = new ByteReader(WHAT, bytes, length, bytes.length - length);
    if ((int) end.u32() != checksum(bytes, length)) {
      throw new FormatException("a damaged " + WHAT);
    }
    ByteReader in = new ByteReader(WHAT, bytes, 0, length);
    if (in.u32() != MAGIC || !text(in).equals(directory.toString())) {
      return EMPTY;
    }
    Sha256 digest = in.sha256();
    boolean isVersion = in.u8() == 1;
    int count = in.varint("the number of files", length);
    List<Remembered> files = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      files.add(remembered(in));
    }
    in.end();
    return new StatCache(isVersion ? Optional.of(digest) : Optional.empty(), files);
  }

  private static Remembered remembered(ByteReader in) {
    FilePath path = FilePath.of(text(in));
    boolean isTrusted = in.u8() == 1;
    long sizeBytes = in.varint();
    Stat stat = new Stat(Stat.Type.FILE, sizeBytes, number(in), number(in), number(in));
    ContentId content = new ContentId(in.contentKind(), in.sha256());
    return new Remembered(new FileEntry(path, sizeBytes, content), stat, isTrusted);
  }

  private static void text(ByteWriter out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.varint(utf8.length);
    out.bytes(utf8, 0, utf8.length);
  }

  private static String text(ByteReader in) {
    int length = in.varint("the length of a text", in.remaining());
    in.require(length);
    byte[] utf8 = new byte[length];
    in.bytes(utf8, 0);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** Eight bytes: times before 1970 are negative. */
  private static void number(ByteWriter out, long number) {
    out.u32((int) (number >>> 32));
    out.u32((int) number);
  }

  private static long number(ByteReader in) {
    return in.u32() << 32 | in.u32();
  }
}
