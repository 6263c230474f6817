package io.moraine.dataset.s3;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A request as it was sent. Its parameters are those of the query alone: what is signed is the
 * query, and a form in the body must not add to it. What is written in two ways, or not as UTF-8,
 * is refused, so that whoever reads it later reads the same. For one thread.
 */
final class SentRequest extends HttpServletRequestWrapper {
  private static final String COPY_SOURCE = "x-amz-copy-source";

  private final Map<String, String> query;

  SentRequest(HttpServletRequest request) {
    super(request);
    decode(request.getRequestURI());
    if (request.getHeader(COPY_SOURCE) != null) {
      decode(request.getHeader(COPY_SOURCE));
    }
    this.query = query(request.getQueryString());
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : text == null ? new String[0] : text.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        if (query.put(name, value) != null) {
          throw Refusal.invalidArgument("The query says " + name + " twice. Send it once.");
        }
      }
    }
    return query;
  }

  /** Decodes once; refuses what is not UTF-8 then. */
  private static String decode(String text) {
    try {
      String bytes = URLDecoder.decode(text, StandardCharsets.ISO_8859_1);
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw Refusal.of(400, "InvalidURI", "What the request names is not percent-encoded UTF-8.");
    }
  }

  /** Whether there is such a header, even an empty one. */
  boolean has(String header) {
    return getHeader(header) != null;
  }

  /** The names of all headers, in lower case. */
  Iterable<String> headerNames() {
    return Collections.list(getHeaderNames()).stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .distinct()
        ::iterator;
  }

  @Override
  public String getParameter(String name) {
    return query.get(name);
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return Collections.enumeration(query.keySet());
  }

  @Override
  public String[] getParameterValues(String name) {
    String value = query.get(name);
    return value == null ? null : new String[] {value};
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    Map<String, String[]> all = new LinkedHashMap<>();
    query.forEach((name, value) -> all.put(name, new String[] {value}));
    return all;
  }
}
