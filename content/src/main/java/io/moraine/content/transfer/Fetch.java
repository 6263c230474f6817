package io.moraine.content.transfer;

import io.moraine.content.file.CorruptContentException;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.Limits;
import io.moraine.content.transfer.RangePlan.Range;
import io.moraine.vocabulary.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Brings contents from the bucket: asks where they lie, reads neighbours in one request, and checks
 * each against its digest before anybody sees it. At most {@link TransferLimits#inFlight} ranges of
 * up to 32 MiB are in memory. What comes damaged is fetched again, and given up with a {@link
 * CorruptContentException} that names it. One fetch at a time; blocking; interruptible.
 */
public final class Fetch {
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int REASON_BYTES = 300;

  /** Fresh answers to where a content lies, when it is not there or comes damaged. */
  private static final int MOST_PLANS = 4;

  /** Contents that are located at once: their URLs must not grow old in the queue. */
  private static final long LOCATED_BYTES = 1L << 30;

  /** For the headers alone: see {@link StallWatch}. */
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(1);

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

  /** Fetches all of {@code contents}, each named once, and hands them to {@code sink}. */
  public void fetch(Iterator<Wanted> contents, ContentSink sink) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(limits.inFlight());
    Deque<Future<?>> fetched = new ArrayDeque<>();
    try {
      while (contents.hasNext()) {
        for (Range range : RangePlan.of(calls.locate(some(contents)))) {
          fetched.add(
              threads.submit(
                  () -> {
                    fetch(range, sink);
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

  private void fetch(Range range, ContentSink sink) throws IOException {
    List<Range> ranges = List.of(range);
    for (int plans = 1; !ranges.isEmpty(); plans++) {
      List<ContentId> again = new ArrayList<>();
      for (Range one : ranges) {
        Deque<Located> open = new ArrayDeque<>(one.contents());
        try {
          read(one, open, sink);
        } catch (MovedException | CorruptContentException e) {
          if (plans == MOST_PLANS) {
            throw e;
          }
          open.forEach(content -> again.add(content.content()));
        }
      }
      // The URL was too old, the content lies elsewhere by now, or it came damaged.
      ranges = again.isEmpty() ? List.of() : RangePlan.of(calls.locate(again));
    }
  }

  /** What a URL named is not there: an old URL, or an object that was packed anew. */
  private static final class MovedException extends IOException {
    private static final long serialVersionUID = 1;

    MovedException(String message) {
      super(message);
    }
  }

  /** Reads a range and hands out its contents, taking from {@code open} what was handed out. */
  private void read(Range range, Deque<Located> open, ContentSink sink) throws IOException {
    byte[] bytes = range.sizeBytes() == 0 ? new byte[0] : bytes(range);
    while (!open.isEmpty()) {
      Located content = open.peek();
      int offset = Math.toIntExact(content.offset() - range.from());
      int length = Math.toIntExact(content.sizeBytes());
      Sha256 found = Sha256.of(bytes, offset, length);
      if (!found.equals(content.content().sha256())) {
        throw new CorruptContentException(content.content(), "its bytes have the SHA-256 " + found);
      }
      sink.accept(content.content(), bytes, offset, length);
      open.remove();
    }
  }

  private byte[] bytes(Range range) throws IOException {
    if (range.sizeBytes() > Limits.OBJECT_BYTES) {
      throw new IOException(
          "dataset-service located a content of " + range.sizeBytes() + " bytes.");
    }
    byte[] bytes = new byte[range.sizeBytes()];
    return transport.persist(() -> attempt(range, bytes));
  }

  private byte[] attempt(Range range, byte[] into) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(range.object())
            .timeout(ANSWER_LIMIT)
            .header("Range", "bytes=" + range.from() + "-" + (range.to() - 1))
            .GET()
            .build();
    HttpResponse<InputStream> answer = transport.send(request);
    try (InputStream in = answer.body()) {
      requireRange(range, answer, in);
      int read = in.readNBytes(into, 0, into.length);
      if (read < into.length) {
        throw new EOFException(
            "the bucket sent " + read + " of " + into.length + " bytes of an object.");
      }
      meter.got(into.length);
      return into;
    }
  }

  private static void requireRange(Range range, HttpResponse<?> answer, InputStream in)
      throws IOException {
    int status = answer.statusCode();
    if (status == PARTIAL || status == OK && range.from() == 0) {
      return;
    }
    String why =
        new String(in.readNBytes(REASON_BYTES), StandardCharsets.UTF_8)
            .strip()
            .replaceAll("\\s+", " ");
    String message =
        "the bucket answered "
            + status
            + " to the GET of "
            + range.contents().get(0).content()
            + ": "
            + why;
    if (status == FORBIDDEN || status == NOT_FOUND) {
      throw new MovedException(message);
    }
    throw new CallRefusedException(status, message);
  }
}
