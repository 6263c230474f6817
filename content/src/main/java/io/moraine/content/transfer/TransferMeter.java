package io.moraine.content.transfer;

import java.util.concurrent.atomic.LongAdder;

/** What a transfer has done so far; only ever grows. Thread-safe; read it whenever you like. */
public final class TransferMeter {
  private final LongAdder requests = new LongAdder();
  private final LongAdder objectsPut = new LongAdder();
  private final LongAdder bytesPut = new LongAdder();
  private final LongAdder rangesGot = new LongAdder();
  private final LongAdder bytesGot = new LongAdder();
  private final LongAdder files = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  /** All counters at one moment. */
  public record Reading(
      long requests, long objectsPut, long bytesPut, long rangesGot, long bytesGot) {}

  /** Requests to the service, repeated ones too. */
  public long requests() {
    return requests.sum();
  }

  /** Objects that the bucket took; those that it had already are not among them. */
  public long objectsPut() {
    return objectsPut.sum();
  }

  /** Their bytes. */
  public long bytesPut() {
    return bytesPut.sum();
  }

  /** GETs of objects or of parts of them that brought something. */
  public long rangesGot() {
    return rangesGot.sum();
  }

  /** Their bytes, gaps included. */
  public long bytesGot() {
    return bytesGot.sum();
  }

  /** Files of the user that are done. */
  public long files() {
    return files.sum();
  }

  /** Bytes of the user's files that are done. */
  public long bytes() {
    return bytes.sum();
  }

  public Reading reading() {
    return new Reading(requests(), objectsPut(), bytesPut(), rangesGot(), bytesGot());
  }

  /** A file is done; its bytes were counted on the way. */
  public void file() {
    files.increment();
  }

  /** So many of a file's bytes are done. */
  public void bytes(long count) {
    bytes.add(count);
  }

  void request() {
    requests.increment();
  }

  void put(long sizeBytes) {
    objectsPut.increment();
    bytesPut.add(sizeBytes);
  }

  void got(long sizeBytes) {
    rangesGot.increment();
    bytesGot.add(sizeBytes);
  }
}
