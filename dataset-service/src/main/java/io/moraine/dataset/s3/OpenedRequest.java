package io.moraine.dataset.s3;

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

  private final Map<String, List<String>> headers = new LinkedHashMap<>();
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
