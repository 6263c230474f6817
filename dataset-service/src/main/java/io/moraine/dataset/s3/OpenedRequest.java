package io.moraine.dataset.s3;

import io.moraine.dataset.file.Expected;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A proved request as the protocol library is to see it: never signed, its body as it is without
 * what it travelled in. What a pre-signed URL says in its query instead of in {@code x-amz-}
 * headers counts as headers, as with S3. For one thread.
 */
final class OpenedRequest extends HttpServletRequestWrapper {
  private static final String AMZ = "x-amz-";
  private static final String LENGTH = "content-length";
  private static final String ANY = "*";

  /** Of the signature, or of what is off the body already. */
  private static final Set<String> TAKEN_OFF =
      Set.of(
          "authorization",
          "x-amz-algorithm",
          "x-amz-content-sha256",
          "x-amz-credential",
          "x-amz-date",
          "x-amz-decoded-content-length",
          "x-amz-expires",
          "x-amz-signature",
          "x-amz-signedheaders",
          "x-amz-trailer",
          "transfer-encoding");

  /**
   * Conditions of writes. The library lets only the stores that it knows by name look at them
   * together with the write itself, as it has to be: so it is not told.
   */
  private static final String IF_MATCH = "if-match";

  private static final String IF_NONE_MATCH = "if-none-match";

  private final Map<String, List<String>> headers = new LinkedHashMap<>();
  private final Expected expected;
  private final long length;

  OpenedRequest(SentRequest request, Optional<Long> bodyLength) {
    super(request);
    for (String name : Collections.list(request.getParameterNames())) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith(AMZ)) {
        headers.put(lower, List.of(request.getParameter(name)));
      }
    }
    for (String name : request.headerNames()) {
      headers.put(name, Collections.list(request.getHeaders(name)));
    }
    headers.keySet().removeAll(TAKEN_OFF);
    headers.remove(LENGTH);
    bodyLength.ifPresent(bytes -> headers.put(LENGTH, List.of(Long.toString(bytes))));
    if (headers.containsKey("if-range")) { // all of the file is always a right answer
      headers.remove("range");
    }
    this.length = bodyLength.orElse(-1L);
    this.expected = request.getMethod().matches("GET|HEAD") ? Expected.ANYTHING : takeExpected();
  }

  private Expected takeExpected() {
    String match = getHeader(IF_MATCH);
    String noneMatch = getHeader(IF_NONE_MATCH);
    headers.keySet().removeAll(Set.of(IF_MATCH, IF_NONE_MATCH));
    if (match == null && noneMatch == null) {
      return Expected.ANYTHING;
    }
    if (match == null && noneMatch.equals(ANY)) {
      return Expected.NOTHING;
    }
    if (noneMatch != null) {
      throw Refusal.notImplemented(
          "A write takes If-None-Match: *, or If-Match with one ETag, and not both.");
    }
    return new Expected.SomeFile(
        match.equals(ANY) ? Optional.empty() : Optional.of(match.replaceAll("^\"|\"$", "")));
  }

  /** What a write expects to replace or to delete. */
  Expected expected() {
    return expected;
  }

  @Override
  public String getHeader(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return Collections.enumeration(headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    return Collections.enumeration(headers.keySet());
  }

  /** As a client writes it who knows HTTP; any other counts as none, as RFC 9110 has it. */
  @Override
  public long getDateHeader(String name) {
    String value = getHeader(name);
    if (value == null) {
      return -1;
    }
    try {
      Instant time = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return time.toEpochMilli();
    } catch (DateTimeParseException e) {
      return -1;
    }
  }

  @Override
  public long getContentLengthLong() {
    return length;
  }

  @Override
  public int getContentLength() {
    return length > Integer.MAX_VALUE ? -1 : (int) length;
  }

  /** Whether it asks to complete an upload, which lists the parts for reasons of its own. */
  static boolean completes(HttpServletRequest request) {
    return request.getMethod().equals("POST") && request.getParameter("uploadId") != null;
  }
}
