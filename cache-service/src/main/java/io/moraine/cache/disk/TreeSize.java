package io.moraine.cache.disk;

/**
 * What the files of a tree add up to.
 *
 * @param files how many there are
 * @param bytes of all of them together
 */
record TreeSize(long files, long bytes) {
  @Override
  public String toString() {
    return "%,d files of %,d bytes".formatted(files, bytes);
  }
}
