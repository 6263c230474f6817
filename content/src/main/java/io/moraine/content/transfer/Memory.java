package io.moraine.content.transfer;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/** So many bytes of contents may be held at once. Thread-safe. */
final class Memory {
  private final Semaphore bytes;

  Memory(long bytes) {
    this.bytes = new Semaphore(Math.toIntExact(bytes));
  }

  /** Waits until there is room. */
  void take(long count) throws IOException {
    try {
      bytes.acquire(Math.toIntExact(count));
    } catch (InterruptedException e) {
      throw Waiting.interrupted(e);
    }
  }

  boolean tryTake(long count) {
    return bytes.tryAcquire(Math.toIntExact(count));
  }

  void giveBack(long count) {
    bytes.release(Math.toIntExact(count));
  }
}
