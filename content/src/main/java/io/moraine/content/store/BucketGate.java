package io.moraine.content.store;

/**
 * Stands before every request to one bucket: it may refuse requests that would only wait for a
 * bucket that is down, or take more than their share. Thread-safe.
 */
@FunctionalInterface
public interface BucketGate {
  /** Lets everything pass. */
  BucketGate OPEN = () -> answered -> {};

  /** One request on its way; a stream is on its way until it is closed. */
  @FunctionalInterface
  interface Passage {
    /**
     * The request has ended. To be called once.
     *
     * @param answered whether the bucket answered at all, be it with a refusal
     */
    void leave(boolean answered);
  }

  /**
   * Lets a request pass, perhaps after a while. Fails with an {@link ObjectStoreException} that is
   * {@link ObjectStoreException.Reason#UNAVAILABLE} when it does not.
   */
  Passage enter();
}
