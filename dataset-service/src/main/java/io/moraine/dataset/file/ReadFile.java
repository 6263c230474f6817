package io.moraine.dataset.file;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.moraine.content.file.FileReader;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Store;
import io.moraine.dataset.version.Version;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;

/** Opens files and what they are made of. Thread-safe, blocking; its streams are for one thread. */
@ApplicationScoped
public class ReadFile {
  private static final String ANY_BYTES = "application/octet-stream";

  private final Contents contents;
  private final Counter bytesOut;

  ReadFile(Contents contents, MeterRegistry metrics) {
    this.contents = contents;
    this.bytesOut = metrics.counter("moraine.bytes.out");
  }

  /** {@code length} bytes of a file from {@code offset}, for a user: they are counted. */
  public InputStream open(Version version, FileEntry file, long offset, long length)
      throws IOException {
    return new Counted(open(version.store(), file.content(), file.sizeBytes(), offset, length));
  }

  /** {@code length} bytes, from {@code offset}, of what {@code content} stands for. */
  public InputStream open(Store store, ContentId content, long sizeBytes, long offset, long length)
      throws IOException {
    return new FileReader((id, from, bytes) -> contents.open(store, id, from, bytes))
        .open(content, sizeBytes, offset, length);
  }

  /** What a file's name says that it is. */
  public static String contentType(FileEntry file) {
    String guessed = URLConnection.guessContentTypeFromName(file.path().toString());
    return guessed == null ? ANY_BYTES : guessed;
  }

  private final class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      bytesOut.increment(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      bytesOut.increment(Math.max(0, read));
      return read;
    }
  }
}
