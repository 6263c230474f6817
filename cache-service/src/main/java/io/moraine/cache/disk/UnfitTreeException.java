package io.moraine.cache.disk;

/**
 * What was put together is not the version that it should be, by the number or size of its files.
 */
public final class UnfitTreeException extends Exception {
  private static final long serialVersionUID = 1L;

  UnfitTreeException(TreeSize is, TreeSize shouldBe) {
    super("what was put together has " + is + ", and the version " + shouldBe);
  }
}
