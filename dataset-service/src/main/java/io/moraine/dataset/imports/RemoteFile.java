package io.moraine.dataset.imports;

import java.io.IOException;
import java.io.InputStream;

/** One file of a source, which can be opened more than once. For one thread. */
interface RemoteFile {
  /** Its length is not known before its end. */
  long UNKNOWN_LENGTH = -1;

  long length();

  /** Whether {@link #open} can begin behind the first byte. */
  boolean isResumable();

  /**
   * Its bytes from {@code offset} on, those of the file that was found first. Fails with a {@link
   * SourceChangedException} when it is another now, with a {@link SourceBrokenException} when that
   * may pass, and with an {@link ImportFailedException} when it will not.
   */
  InputStream open(long offset) throws IOException;
}
