package io.moraine.cache.disk;

/** Asked before bytes are written; what it throws ends the writing. */
@FunctionalInterface
public interface Room {
  void take(long bytes);
}
