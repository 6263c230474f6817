package io.moraine.dataset.imports;

import io.moraine.content.file.FileReader;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Store;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;

/**
 * Whole pieces of a file as their store has them, one after the other, each checked: what need not
 * be fetched again. For one thread.
 */
final class StoredPieces extends InputStream {
  private final FileReader reader;
  private final Iterator<Sha256> pieces;
  private InputStream piece = InputStream.nullInputStream();

  StoredPieces(Contents contents, Store store, List<Sha256> pieces) {
    this.reader =
        new FileReader((content, offset, length) -> contents.open(store, content, offset, length));
    this.pieces = pieces.iterator();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read;
    while ((read = piece.read(buffer, offset, length)) < 0 && pieces.hasNext()) {
      piece.close();
      piece = reader.open(new ContentId(ContentKind.BLOB, pieces.next()), Limits.PIECE_BYTES);
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    piece.close();
  }
}
