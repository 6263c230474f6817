package io.moraine.dataset.imports;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The entries of an archive, one after the other. For one thread. */
interface ArchiveEntries {
  /** What an entry is. */
  enum Kind {
    FILE,
    DIRECTORY,
    /** A link, a device, or what nobody knows. */
    OTHER,
    UNREADABLE
  }

  /**
   * An entry.
   *
   * @param length of its body as the archive says it, or {@link RemoteFile#UNKNOWN_LENGTH}
   * @param body to be read to its end before the next entry is asked for
   */
  record Entry(String name, Kind kind, long length, InputStream body) {}

  /**
   * The next entry. None at the end that the archive itself has: one that only breaks off fails, as
   * does one of which an entry was not what it said.
   */
  Optional<Entry> next() throws IOException;
}
