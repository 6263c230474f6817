package io.moraine.dataset.collect;

import io.moraine.content.format.FormatException;
import io.moraine.content.store.ObjectStoreException;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.vocabulary.Sha256;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads many contents with few requests, each checked. Blocking, thread-safe. */
@ApplicationScoped
class StoredContents {
  /** As large as one request gets, but for a content that is larger itself. */
  private static final int RANGE_BYTES = 4 << 20;

  /** Reading so many bytes in vain costs less than another request. */
  private static final int GAP_BYTES = 128 << 10;

  /** Takes contents. */
  @FunctionalInterface
  interface Sink {
    /** The array is the sink's own. */
    void accept(Location location, byte[] bytes);

    /** Hears of a content that is not what it should be, or not there. */
    default void damaged(Location location, RuntimeException why) {
      throw why;
    }
  }

  private final Buckets buckets;

  StoredContents(Buckets buckets) {
    this.buckets = buckets;
  }

  /**
   * Hands every content to {@code sink}, in order. Those that lie together come with one request;
   * one request's bytes are in memory at a time.
   *
   * @param locations by object, and by offset in each
   */
  void read(Store store, List<Location> locations, Sink sink) {
    List<Location> range = new ArrayList<>();
    long end = 0;
    for (Location next : locations) {
      if (!range.isEmpty() && !continues(range.get(0), end, next)) {
        readRange(store, range, end, sink);
        range.clear();
        end = 0;
      }
      range.add(next);
      // Not always the last one's: an empty content may lie where another begins.
      end = Math.max(end, end(next));
    }
    if (!range.isEmpty()) {
      readRange(store, range, end, sink);
    }
  }

  private static boolean continues(Location first, long end, Location next) {
    return next.object().equals(first.object())
        && next.offsetBytes() - end <= GAP_BYTES
        && end(next) - first.offsetBytes() <= RANGE_BYTES;
  }

  private static long end(Location location) {
    return location.offsetBytes() + location.sizeBytes();
  }

  private void readRange(Store store, List<Location> range, long end, Sink sink) {
    long from = range.get(0).offsetBytes();
    byte[] bytes;
    try {
      bytes = bytes(store, range.get(0).object(), from, (int) (end - from));
    } catch (FormatException e) {
      range.forEach(location -> sink.damaged(location, e));
      return;
    } catch (ObjectStoreException e) {
      if (e.isRetryable()) {
        throw e;
      }
      range.forEach(location -> sink.damaged(location, e));
      return;
    }
    for (Location location : range) {
      int offset = (int) (location.offsetBytes() - from);
      check(location, Arrays.copyOfRange(bytes, offset, offset + (int) location.sizeBytes()), sink);
    }
  }

  private static void check(Location location, byte[] content, Sink sink) {
    if (Sha256.of(content).equals(location.content().sha256())) {
      sink.accept(location, content);
      return;
    }
    sink.damaged(
        location,
        new FormatException(
            "%s in %s at byte %d has another SHA-256."
                .formatted(location.content(), location.object(), location.offsetBytes())));
  }

  private byte[] bytes(Store store, String object, long offset, int length) {
    byte[] bytes = buckets.of(store).read(object, offset, length);
    if (bytes.length < length) {
      throw new FormatException(
          "%s ends at byte %d, but %d are wanted."
              .formatted(object, offset + bytes.length, offset + length));
    }
    return bytes;
  }
}
