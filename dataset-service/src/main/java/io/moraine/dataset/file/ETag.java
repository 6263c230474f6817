package io.moraine.dataset.file;

import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;

/**
 * The entity tag of a file, the same by whatever door it is read: the first 32 hexadecimal digits
 * of its content's SHA-256 and the number of its pieces. Never shaped like an MD5, which S3 clients
 * would compare with one of their own.
 */
public final class ETag {
  private static final int DIGITS = 32;

  private ETag() {}

  /** Without quotes. */
  public static String of(ContentId content, long sizeBytes) {
    return content.sha256().hex().substring(0, DIGITS) + "-" + PieceList.count(sizeBytes);
  }

  /** Without quotes. */
  public static String of(FileEntry file) {
    return of(file.content(), file.sizeBytes());
  }
}
