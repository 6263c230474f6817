package io.moraine.dataset.multipart;

import io.moraine.dataset.content.Store;
import io.moraine.dataset.file.ReadFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;

/** Parts one after the other, one of them open at a time. For one thread. */
final class PartsStream extends InputStream {
  private final ReadFile readFile;
  private final Store store;
  private final Iterator<StoredPart> parts;
  private InputStream open = InputStream.nullInputStream();

  PartsStream(ReadFile readFile, Store store, List<StoredPart> parts) {
    this.readFile = readFile;
    this.store = store;
    this.parts = parts.iterator();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read;
    while ((read = open.read(buffer, offset, length)) < 0 && parts.hasNext()) {
      open.close();
      StoredPart part = parts.next();
      open = readFile.open(store, part.content(), part.sizeBytes(), 0, part.sizeBytes());
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    open.close();
  }
}
