package io.moraine.content.tree;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.FilePath;
import java.util.Objects;

/**
 * One file of a version: where it is, how long it is, and the content that holds its bytes: a blob
 * up to 32 MiB, a list of pieces exactly when it is larger.
 */
public record FileEntry(FilePath path, long sizeBytes, ContentId content) implements Entry {
  public FileEntry {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(content, "content");
    if (sizeBytes < 0 || sizeBytes > Limits.FILE_BYTES) {
      throw new IllegalArgumentException(
          path.quoted() + ": a size of " + sizeBytes + " bytes is not within 0 to 32 TiB.");
    }
    ContentKind right = sizeBytes > Limits.PIECE_BYTES ? ContentKind.LIST : ContentKind.BLOB;
    if (content.kind() != right) {
      throw new IllegalArgumentException(
          path.quoted()
              + ": "
              + sizeBytes
              + " bytes are stored as "
              + right
              + ", not as "
              + content.kind()
              + ".");
    }
  }
}
