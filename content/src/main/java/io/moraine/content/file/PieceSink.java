package io.moraine.content.file;

import io.moraine.vocabulary.Sha256;
import java.io.IOException;

/** Takes the pieces of a file as they are cut. */
@FunctionalInterface
public interface PieceSink {
  /**
   * Takes one piece, a {@code BLOB} content: the first {@code length} of {@code buffer}. The buffer
   * is used again afterwards: store or copy it before returning. A failure ends the cutting.
   */
  void accept(byte[] buffer, int length, Sha256 sha256) throws IOException;
}
