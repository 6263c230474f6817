package io.moraine.content.file;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Computes a file's content and its whole SHA-256 from its bytes as they pass. The first piece is
 * hashed once for both, later ones twice.
 */
final class FileDigester {
  private MessageDigest file;
  private final MessageDigest piece = Sha256.newDigest();
  private final List<Sha256> pieces = new ArrayList<>();
  private int pieceBytes;
  private long sizeBytes;

  /** Takes the next bytes, none of them beyond the current piece's end. */
  void update(byte[] buffer, int offset, int length) {
    if (length > room()) {
      throw new IllegalArgumentException(length + " bytes where the piece has room for " + room());
    }
    piece.update(buffer, offset, length);
    if (file != null) {
      file.update(buffer, offset, length);
    }
    pieceBytes += length;
    sizeBytes += length;
  }

  /** Bytes that the current piece still takes. */
  int room() {
    return Limits.PIECE_BYTES - pieceBytes;
  }

  /** Ends the current piece and begins the next. */
  Sha256 endPiece() {
    if (file == null) {
      file = copy(piece);
    }
    if (pieces.size() == Limits.LIST_PIECES) {
      throw new IllegalArgumentException("a file can have up to 32 TiB; this one is larger.");
    }
    Sha256 digest = Sha256.finish(piece);
    pieces.add(digest);
    pieceBytes = 0;
    return digest;
  }

  /** Ends the file after its last piece was ended. */
  CutFile finish() {
    Sha256 whole = Sha256.finish(file);
    if (pieces.size() == 1) {
      ContentId content = new ContentId(ContentKind.BLOB, pieces.get(0));
      return new CutFile(content, sizeBytes, whole, Optional.empty());
    }
    PieceList list = new PieceList(sizeBytes, pieces);
    ContentId content = PieceList.contentOf(list.encode());
    return new CutFile(content, sizeBytes, whole, Optional.of(list));
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's SHA-256 can be copied", e);
    }
  }
}
