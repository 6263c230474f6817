package io.moraine.content.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Brings objects into the bucket by signed URLs and has them recorded. Thread-safe. */
final class ObjectUpload {
  private static final int OK = 300;
  private static final int FORBIDDEN = 403;
  private static final int CONFLICT = 409;
  private static final int STORED_ALREADY = 412;
  private static final int MOST_URLS = 4;
  private static final int REASON_BYTES = 300;

  /** Once all bytes are sent. While they move, a slow line may take its time. */
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(5);

  private static final Set<String> SET_BY_THE_CLIENT = headers("Host", "Content-Length");

  /** An object and its bytes. */
  record Bytes(StoredObject object, byte[] bytes) {}

  private final VersionCalls calls;
  private final Transport transport;
  private final TransferMeter meter;

  ObjectUpload(VersionCalls calls, Transport transport, TransferMeter meter) {
    this.calls = calls;
    this.transport = transport;
    this.meter = meter;
  }

  private static Set<String> headers(String... names) {
    Set<String> headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    headers.addAll(List.of(names));
    return headers;
  }

  /**
   * Returns when the bucket has them all and their contents are recorded. What the bucket has
   * already is recorded without being sent.
   */
  void send(List<Bytes> objects) throws IOException {
    try {
      putAndRecord(objects);
    } catch (CallRefusedException e) {
      if (e.status() != CONFLICT) {
        throw e;
      }
      // One of them is not there: it was deleted between the answer and now. Whatever is missing
      // is put again, once.
      putAndRecord(objects);
    }
  }

  private void putAndRecord(List<Bytes> objects) throws IOException {
    List<StoredObject> names = objects.stream().map(Bytes::object).toList();
    List<SignedPut> urls = calls.uploads(names);
    for (int i = 0; i < objects.size(); i++) {
      put(objects.get(i), urls.get(i));
    }
    calls.uploadsDone(names);
  }

  private void put(Bytes object, SignedPut first) throws IOException {
    SignedPut where = first;
    for (int urls = 1; where.url().isPresent(); urls++) {
      SignedPut url = where;
      int status = transport.persist(() -> attempt(object, url, false));
      if (status != FORBIDDEN) {
        return;
      }
      if (urls == MOST_URLS) {
        attempt(object, url, true);
        return;
      }
      // Signed too long ago, most likely.
      where = calls.uploads(List.of(object.object())).get(0);
    }
  }

  private int attempt(Bytes object, SignedPut where, boolean isLast) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(where.url().orElseThrow());
    where
        .headers()
        .forEach(
            (name, value) -> {
              if (!SET_BY_THE_CLIENT.contains(name)) {
                request.header(name, value);
              }
            });
    HttpResponse<InputStream> answer = transport.upload(request, object.bytes(), ANSWER_LIMIT);
    int status = answer.statusCode();
    try (InputStream body = answer.body()) {
      String why =
          new String(body.readNBytes(REASON_BYTES), StandardCharsets.UTF_8)
              .strip()
              .replaceAll("\\s+", " ");
      if (status < OK) {
        meter.put(object.object().sizeBytes());
        return status;
      }
      if (status == STORED_ALREADY || status == FORBIDDEN && !isLast) {
        return status;
      }
      throw refusal(status, object, why);
    }
  }

  private static IOException refusal(int status, Bytes object, String why) {
    String message =
        "the bucket answered " + status + " to the PUT of " + object.object() + ": " + why;
    // Damaged on the way (400), or another one puts the same (409): as likely to pass as a 503.
    return status == 400 || status == CONFLICT
        ? new IOException(message)
        : new CallRefusedException(status, message);
  }
}
