package io.moraine.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Requests byte for byte as the original Gradient client sends them (Python's requests 2), and the
 * way it reads an error.
 */
final class ClientBytes {
  /** What came back. */
  record Answer(int status, Map<String, String> headers, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    JsonNode json() {
      try {
        return new ObjectMapper().readTree(body);
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + text(), e);
      }
    }
  }

  private static final String COMMON =
      """
      User-Agent: python-requests/2.31.0
      Accept-Encoding: gzip, deflate
      Accept: */*
      Connection: keep-alive
      """;
  private static final int PATIENCE_MILLIS = 60_000;

  private ClientBytes() {}

  /** A call of the API: with the key, and with header names that hold underscores. */
  static Answer call(URI api, String key, String method, String target, String json)
      throws IOException {
    byte[] body = json == null ? new byte[0] : escaped(json).getBytes(StandardCharsets.US_ASCII);
    StringBuilder head =
        new StringBuilder(COMMON)
            .append("X-API-Key: " + key + "\n")
            .append("ps_client_name: gradient-cli\n")
            .append("ps_client_version: 2.99.3\n");
    if (json != null) {
      head.append("Content-Length: " + body.length + "\nContent-Type: application/json\n");
    } else if (!method.equals("GET")) {
      head.append("Content-Length: 0\n");
    }
    return send(api, method, target, head.toString(), body);
  }

  /** Python's json leaves nothing but ASCII. */
  private static String escaped(String json) {
    StringBuilder text = new StringBuilder();
    for (char c : json.toCharArray()) {
      text.append(c < 128 ? String.valueOf(c) : String.format("\\u%04x", (int) c));
    }
    return text.toString();
  }

  /** A call of a signed URL: no key; of a body, its type and length. */
  static Answer bare(String url, String method, byte[] body, String... headers) throws IOException {
    URI uri = URI.create(url);
    StringBuilder head = new StringBuilder(COMMON);
    for (String header : headers) {
      head.append(header).append('\n');
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      head.append("Content-Length: " + body.length + "\n");
    }
    return send(uri, method, uri.getRawPath() + "?" + uri.getRawQuery(), head.toString(), body);
  }

  private static Answer send(URI server, String method, String target, String head, byte[] body)
      throws IOException {
    String request =
        "%s %s HTTP/1.1\nHost: %s\n%s\n".formatted(method, target, server.getAuthority(), head);
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket
          .getOutputStream()
          .write(request.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      return read(new BufferedInputStream(socket.getInputStream()), method.equals("HEAD"));
    }
  }

  private static Answer read(InputStream in, boolean headOnly) throws IOException {
    int status = Integer.parseInt(line(in).split(" ")[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    boolean none = headOnly || status == 204 || status == 304;
    return new Answer(status, headers, none ? new byte[0] : body(in, headers));
  }

  private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
    if (!"chunked".equals(headers.get("transfer-encoding"))) {
      return in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunk(in); size > 0; size = chunk(in)) {
      body.write(in.readNBytes(size));
      line(in);
    }
    return body.toByteArray();
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(line(in).split(";")[0], 16);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server hung up after: " + line);
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** The lines that the client prints of an error, by its own rules. */
  static List<String> printed(JsonNode error) {
    List<String> lines = new ArrayList<>();
    harvest(error, lines);
    return lines;
  }

  private static void harvest(JsonNode node, List<String> lines) {
    if (node.isTextual()) {
      lines.addAll(node.textValue().lines().toList());
    } else if (node.isArray()) {
      node.forEach(element -> harvest(element, lines));
    } else if (node.isObject()) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      node.fields().forEachRemaining(field -> sorted.put(field.getKey(), field.getValue()));
      sorted.forEach(
          (name, value) -> {
            if (List.of("error", "errors", "message", "messages", "title", "description")
                .contains(name)) {
              harvest(value, lines);
            }
            if (name.equals("details") && value.isObject()) {
              value.forEach(detail -> harvest(detail, lines));
            }
          });
    }
  }
}
