package io.moraine.content.transfer;

import io.moraine.content.transfer.RangePlan.Range;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Reads ranges of objects over connections that block their reader. The client that makes the calls
 * hands every 16 KiB of an answer from thread to thread, which takes several times the processor
 * time of the bytes themselves: nothing beside a call, most of the work beside 32 MiB. Connections
 * are used again. Thread-safe; an interrupted reader ends with the next bytes that come.
 */
final class RangeReader {
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;
  private static final int REFUSED = 400;
  private static final int REASON_BYTES = 300;

  private final Duration connectLimit;
  private final Duration stall;

  /**
   * @param stall how long nothing may come
   */
  RangeReader(Duration connectLimit, Duration stall) {
    this.connectLimit = connectLimit;
    this.stall = stall;
  }

  /**
   * Reads {@code range} into the beginning of {@code into}, once.
   *
   * @throws MovedException if it is not there
   * @throws UnansweredException if the bucket does not answer, or stands still
   */
  void read(Range range, byte[] into) throws IOException {
    URI object = range.object().url();
    HttpURLConnection connection = ask(range);
    int status = status(object, connection);
    try (InputStream in = body(connection, status)) {
      requireRange(range, status, in);
      fill(in, into, range.sizeBytes());
    } catch (SocketTimeoutException e) {
      throw stalled(object);
    } catch (InterruptedIOException | EOFException | CallRefusedException | MovedException e) {
      throw e;
    } catch (IOException e) {
      throw UnansweredException.brokenOff(object, e);
    }
  }

  private HttpURLConnection ask(Range range) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) range.object().url().toURL().openConnection();
    connection.setConnectTimeout(Math.toIntExact(connectLimit.toMillis()));
    connection.setReadTimeout(Math.toIntExact(stall.toMillis()));
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Accept", "*/*");
    connection.setRequestProperty("Range", "bytes=" + range.from() + "-" + (range.to() - 1));
    range.object().headers().forEach(connection::setRequestProperty);
    return connection;
  }

  private int status(URI object, HttpURLConnection connection) throws IOException {
    try {
      return connection.getResponseCode();
    } catch (SocketTimeoutException e) {
      throw stalled(object);
    } catch (IOException e) {
      throw UnansweredException.none(object, e);
    }
  }

  private static InputStream body(HttpURLConnection connection, int status) throws IOException {
    if (status < REFUSED) {
      return connection.getInputStream();
    }
    InputStream reason = connection.getErrorStream();
    return reason == null ? InputStream.nullInputStream() : reason;
  }

  private static void requireRange(Range range, int status, InputStream in) throws IOException {
    if (status == PARTIAL || status == OK && range.from() == 0) {
      return;
    }
    String why =
        new String(in.readNBytes(REASON_BYTES), StandardCharsets.UTF_8)
            .strip()
            .replaceAll("\\s+", " ");
    String object = range.object().url().getPath();
    if (status == PRECONDITION_FAILED) {
      throw new MovedException(
          status,
          object
              + " has changed since it was imported by reference, and nobody has the bytes that it had."
              + " Put them back there, or push the files that came from it anew.");
    }
    String message = "the bucket answered " + status + " to the GET of " + object + ": " + why;
    if (status == FORBIDDEN || status == NOT_FOUND) {
      throw new MovedException(status, message);
    }
    throw new CallRefusedException(status, message);
  }

  private static void fill(InputStream in, byte[] into, int sizeBytes) throws IOException {
    int filled = 0;
    while (filled < sizeBytes) {
      int read = in.read(into, filled, sizeBytes - filled);
      if (read < 0) {
        throw new EOFException(
            "the bucket sent " + filled + " of " + sizeBytes + " bytes of an object.");
      }
      // A socket does not hear of it.
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      filled += read;
    }
  }

  private UnansweredException stalled(URI object) {
    return UnansweredException.stalled(object, "nothing came for " + stall.toSeconds() + " s.");
  }
}
