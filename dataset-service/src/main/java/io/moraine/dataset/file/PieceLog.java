package io.moraine.dataset.file;

import io.moraine.vocabulary.Sha256;
import java.time.Duration;

/**
 * Hears of the pieces of a large file while it is put, so that a put which broke off can begin
 * where it was. Called by the thread that puts.
 */
public interface PieceLog {
  /** Hears nothing. */
  PieceLog NONE =
      new PieceLog() {
        @Override
        public Duration every() {
          return Duration.ofDays(1);
        }

        @Override
        public void cut(int number, Sha256 piece) {}

        @Override
        public void stored(int pieces) {}
      };

  /** How often it is told what is stored. */
  Duration every();

  /** The piece with {@code number} pieces before it was cut off; it is not stored yet. */
  void cut(int number, Sha256 piece);

  /** So many of the first pieces are stored and recorded now. */
  void stored(int pieces);
}
