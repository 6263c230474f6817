package io.moraine.dataset.file;

import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.file.VersionFiles.Walk;
import io.moraine.dataset.paging.PathCursor;
import io.moraine.dataset.version.Version;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists a version's files by pages, in the order of their paths' bytes. Thread-safe, blocking. */
@ApplicationScoped
public class ListFiles {
  /**
   * @param sha256 of the whole file, where it is known
   * @param digest of the content: of a file above 32 MiB, of its list of pieces
   */
  record Item(FilePath path, long sizeBytes, Optional<Sha256> sha256, Sha256 digest) {}

  /**
   * @param prefixes directories that stand for what is below them; asked for with a delimiter
   * @param nextCursor where the next page goes on, when there is one
   */
  record Page(List<Item> items, List<String> prefixes, Optional<String> nextCursor) {}

  /**
   * Some files in order of path, as they are in the version.
   *
   * @param prefixes directories that stand for what is below them
   * @param last what the list ends with, a path or a directory
   * @param more whether something follows
   */
  public record Listing(List<FileEntry> files, List<String> prefixes, String last, boolean more) {}

  private static final char SLASH = '/';

  /** Comes right after {@link #SLASH}: a directory's name with it is where the directory ends. */
  private static final char AFTER_SLASH = '0';

  private final VersionFiles files;
  private final Contents contents;

  ListFiles(VersionFiles files, Contents contents) {
    this.files = files;
    this.contents = contents;
  }

  /**
   * @param prefix what paths begin with
   * @param directories whether what lies deeper than the prefix is shown as prefixes
   * @param cursor that a page before gave; 400 if it is none
   */
  Page page(
      Version version, String prefix, boolean directories, Optional<String> cursor, int limit) {
    Optional<String> last = cursor.map(ListFiles::decode);
    return files.read(version, now -> pageNow(now, prefix, directories, last, limit));
  }

  private Page pageNow(
      Version version, String prefix, boolean directories, Optional<String> last, int limit) {
    Optional<FilePath> start = last.isPresent() ? after(last.get()) : PathCursor.first(prefix);
    Lister lister = new Lister(files.walk(version), prefix, directories, last.orElse(""));
    start.ifPresent(from -> lister.list(from, limit));
    return new Page(items(version, lister.entries), lister.prefixes, lister.next());
  }

  /**
   * @param prefix what paths begin with
   * @param directories whether what lies deeper than the prefix is shown as prefixes
   * @param after what comes up to it is left out, and with {@code directories} what is below it if
   *     it ends with a slash; empty to begin with the first
   */
  public Listing list(
      Version version, String prefix, boolean directories, String after, int limit) {
    return files.read(version, now -> listNow(now, prefix, directories, after, limit));
  }

  private Listing listNow(
      Version version, String prefix, boolean directories, String after, int limit) {
    Lister lister = new Lister(files.walk(version), prefix, directories, after);
    start(prefix, directories, after).ifPresent(from -> lister.list(from, limit));
    return new Listing(lister.entries, lister.prefixes, lister.last, lister.more);
  }

  private static Optional<FilePath> start(String prefix, boolean directories, String after) {
    Optional<FilePath> first = PathCursor.first(prefix);
    if (after.isEmpty()) {
      return first;
    }
    Optional<FilePath> next = directories ? after(after) : PathCursor.first(after);
    return first.flatMap(f -> next.map(n -> f.compareTo(n) < 0 ? n : f));
  }

  private List<Item> items(Version version, List<FileEntry> entries) {
    List<Sha256> lists =
        entries.stream()
            .filter(e -> e.content().kind() == ContentKind.LIST)
            .map(e -> e.content().sha256())
            .toList();
    Map<Sha256, Sha256> wholes = contents.fileSha256(version.store(), lists);
    return entries.stream().map(e -> item(e, wholes)).toList();
  }

  /** All files from a place on, as lines; ends with one that says how many there were. */
  interface Lines {
    void writeTo(OutputStream out) throws IOException;
  }

  /** 400 if {@code cursor} is none that a page gave. */
  Lines stream(Version version, String prefix, Optional<String> cursor) {
    Optional<String> last = cursor.map(ListFiles::decode);
    Optional<FilePath> start = last.isPresent() ? after(last.get()) : PathCursor.first(prefix);
    return out -> write(version, prefix, last.orElse(""), start, out);
  }

  private void write(
      Version version, String prefix, String last, Optional<FilePath> start, OutputStream out)
      throws IOException {
    try (JsonLines lines = new JsonLines(out)) {
      long count = 0;
      long bytes = 0;
      Iterator<FileEntry> entries =
          start.isPresent() ? files.walk(version).from(start.get()) : Collections.emptyIterator();
      while (entries.hasNext()) {
        FileEntry entry = entries.next();
        String path = entry.path().toString();
        if (!path.startsWith(prefix)) {
          break;
        }
        if (!path.equals(last)) {
          lines.file(entry);
          count++;
          bytes += entry.sizeBytes();
        }
      }
      files.requireSame(version);
      lines.end(count, bytes);
    }
  }

  private static Item item(FileEntry entry, Map<Sha256, Sha256> wholes) {
    Sha256 digest = entry.content().sha256();
    Optional<Sha256> whole =
        entry.content().kind() == ContentKind.BLOB
            ? Optional.of(digest)
            : Optional.ofNullable(wholes.get(digest));
    return new Item(entry.path(), entry.sizeBytes(), whole, digest);
  }

  /** Where a listing goes on that ended with {@code last}, a path or a directory. */
  private static Optional<FilePath> after(String last) {
    return last.charAt(last.length() - 1) == SLASH ? end(last) : PathCursor.path(last);
  }

  private static Optional<FilePath> end(String directory) {
    return PathCursor.path(directory.substring(0, directory.length() - 1) + AFTER_SLASH);
  }

  private static String decode(String cursor) {
    return PathCursor.decode(cursor)
        .filter(last -> !last.isEmpty() && after(last).isPresent())
        .orElseThrow(PathCursor::refused);
  }

  /** One page on its way. */
  private static final class Lister {
    private final Walk walk;
    private final String prefix;
    private final boolean directories;
    private final List<FileEntry> entries = new ArrayList<>();
    private final List<String> prefixes = new ArrayList<>();
    private String last;
    private boolean more;

    Lister(Walk walk, String prefix, boolean directories, String last) {
      this.walk = walk;
      this.prefix = prefix;
      this.directories = directories;
      this.last = last;
    }

    void list(FilePath from, int limit) {
      Iterator<FileEntry> files = walk.from(from);
      while (files.hasNext()) {
        FileEntry entry = files.next();
        String path = entry.path().toString();
        if (path.equals(last)) {
          continue;
        }
        if (!path.startsWith(prefix)) {
          return;
        }
        if (entries.size() + prefixes.size() == limit) {
          more = true;
          return;
        }
        int slash = directories ? path.indexOf(SLASH, prefix.length()) : -1;
        if (slash < 0) {
          entries.add(entry);
          last = path;
        } else {
          last = path.substring(0, slash + 1);
          prefixes.add(last);
          files = walk.from(end(last).orElseThrow());
        }
      }
    }

    Optional<String> next() {
      return more ? Optional.of(PathCursor.encode(last)) : Optional.empty();
    }
  }
}
