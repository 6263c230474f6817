package io.moraine.content.transfer;

import io.moraine.content.file.CorruptContentException;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.Limits;
import io.moraine.content.transfer.RangePlan.Range;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Brings contents from the bucket: asks where they lie, reads neighbours in one request, and checks
 * each against its digest before anybody sees it. At most {@link TransferLimits#inFlight} ranges of
 * up to 32 MiB are in memory. What comes damaged or not at all is fetched again, and given up with
 * a {@link CorruptContentException} or a {@link MissingContentException} that names it. One fetch
 * at a time; blocking; interruptible.
 */
public final class Fetch {
  /** Fresh answers to where a content lies, when it is not there or comes damaged. */
  private static final int MOST_PLANS = 4;

  /** Contents that are located at once: their URLs must not grow old in the queue. */
  private static final long LOCATED_BYTES = 1L << 30;

  /** A thread's for all its ranges: it lives as long as one fetch. */
  private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[0]);

  private final VersionCalls calls;
  private final Transport transport;
  private final TransferLimits limits;
  private final TransferMeter meter;

  /** A content and how long it is. */
  public record Wanted(ContentId content, long sizeBytes) {}

  public Fetch(
      VersionCalls calls, Transport transport, TransferLimits limits, TransferMeter meter) {
    this.calls = calls;
    this.transport = transport;
    this.limits = limits;
    this.meter = meter;
  }

  /** Hears of contents that nobody could get. */
  @FunctionalInterface
  public interface Lost {
    /**
     * One of them is not there, or comes damaged time and again; what is thrown ends the fetching.
     * Called by several threads at once.
     */
    void is(ContentId content, IOException why) throws IOException;
  }

  /** Fetches all of {@code contents}, each named once, and hands them to {@code sink}. */
  public void fetch(Iterator<Wanted> contents, ContentSink sink) throws IOException {
    fetch(
        contents,
        sink,
        (content, why) -> {
          throw why;
        });
  }

  /** As {@link #fetch(Iterator, ContentSink)}, but goes on past what is {@code lost}. */
  public void fetch(Iterator<Wanted> contents, ContentSink sink, Lost lost) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(limits.inFlight());
    Deque<Future<?>> fetched = new ArrayDeque<>();
    try {
      while (contents.hasNext()) {
        for (Range range : RangePlan.of(locate(some(contents), lost))) {
          fetched.add(
              threads.submit(
                  () -> {
                    fetch(range, sink, lost);
                    return null;
                  }));
        }
        // The next are located while the last of these are on their way.
        while (fetched.size() > limits.inFlight()) {
          Waiting.result(fetched.poll());
        }
      }
      while (!fetched.isEmpty()) {
        Waiting.result(fetched.poll());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Where they lie; those that the store does not have are lost. */
  private List<Located> locate(List<ContentId> wanted, Lost lost) throws IOException {
    Set<ContentId> left = new LinkedHashSet<>(wanted);
    while (!left.isEmpty()) {
      try {
        return calls.locate(List.copyOf(left));
      } catch (CallRefusedException e) {
        // A refusal names some of them.
        boolean isAboutThem = false;
        for (ContentId missing : e.missing()) {
          if (left.remove(missing)) {
            isAboutThem = true;
            lost.is(missing, e);
          }
        }
        if (!isAboutThem) {
          throw e;
        }
      }
    }
    return List.of();
  }

  private static List<ContentId> some(Iterator<Wanted> contents) {
    List<ContentId> some = new ArrayList<>();
    long bytes = 0;
    while (contents.hasNext()
        && some.size() < VersionCalls.MOST_CONTENTS
        && bytes < LOCATED_BYTES) {
      Wanted wanted = contents.next();
      some.add(wanted.content());
      bytes += wanted.sizeBytes();
    }
    return some;
  }

  private void fetch(Range range, ContentSink sink, Lost lost) throws IOException {
    List<Range> ranges = List.of(range);
    for (int plans = 1; !ranges.isEmpty(); plans++) {
      Map<ContentId, IOException> bad = new LinkedHashMap<>();
      for (Range one : ranges) {
        read(one, sink, bad);
      }
      if (plans == MOST_PLANS) {
        for (Map.Entry<ContentId, IOException> one : bad.entrySet()) {
          lost.is(one.getKey(), one.getValue());
        }
        return;
      }
      // The URL was too old, the content lies elsewhere by now, or it came damaged.
      ranges = RangePlan.of(locate(List.copyOf(bad.keySet()), lost));
    }
  }

  /** Reads a range and hands out its contents, except those that are {@code bad}. */
  private void read(Range range, ContentSink sink, Map<ContentId, IOException> bad)
      throws IOException {
    byte[] bytes;
    try {
      bytes = range.sizeBytes() == 0 ? new byte[0] : bytes(range);
    } catch (MovedException e) {
      range.contents().forEach(content -> bad.put(content.content(), e.about(content.content())));
      return;
    }
    for (Located content : range.contents()) {
      int offset = Math.toIntExact(content.offset() - range.from());
      int length = Math.toIntExact(content.sizeBytes());
      Sha256 found = Sha256.of(bytes, offset, length);
      requireWanted();
      if (found.equals(content.content().sha256())) {
        sink.accept(content.content(), bytes, offset, length);
      } else {
        bad.put(
            content.content(),
            new CorruptContentException(content.content(), "its bytes have the SHA-256 " + found));
      }
    }
  }

  private byte[] bytes(Range range) throws IOException {
    if (range.sizeBytes() > Limits.OBJECT_BYTES) {
      throw new IOException(
          "dataset-service located a content of " + range.sizeBytes() + " bytes.");
    }
    byte[] bytes = buffer(range.sizeBytes());
    return transport.persist(
        () -> {
          transport.read(range, bytes);
          meter.got(range.sizeBytes());
          return bytes;
        });
  }

  private static byte[] buffer(int sizeBytes) {
    if (BUFFER.get().length < sizeBytes) {
      BUFFER.set(new byte[sizeBytes]);
    }
    return BUFFER.get();
  }

  /** Who gave up is not called any more. */
  private static void requireWanted() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }
}
