package io.moraine.dataset.s3;

import io.moraine.vocabulary.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A request as bytes on a connection, signed by the rules as AWS writes them down and by nobody's
 * library, so that everything about it can be altered before and after it is signed.
 */
final class Wire {
  /** What the signature says of the body. */
  enum Mode {
    HASHED,
    UNSIGNED,
    CHUNKS,
    CHUNKS_AND_TRAILER,
    UNSIGNED_AND_TRAILER,
    QUERY
  }

  /** What came back. */
  record Answer(int status, String body) {
    String code() {
      Matcher code = Pattern.compile("<Code>(.*?)</Code>").matcher(body);
      return code.find() ? code.group(1) : "";
    }
  }

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int CHUNK = 64 << 10;

  private final GatewayClient client;
  final Mode mode;
  String method;
  String path;
  Map<String, String> query = new TreeMap<>();
  Map<String, String> headers = new TreeMap<>();
  byte[] body = new byte[0];
  Instant time = Instant.now();
  String day;
  String region = "us-east-1";
  String service = "s3";
  String terminator = "aws4_request";
  String algorithm = "AWS4-HMAC-SHA256";
  String expires = "3600";
  String unsignedHeader = "";
  String signature;
  byte[] sent;

  Wire(GatewayClient client, Mode mode, String method, String path) {
    this.client = client;
    this.mode = mode;
    this.method = method;
    this.path = path;
    headers.put("host", client.endpoint().getAuthority());
  }

  Wire query(String name, String value) {
    query.put(name, value);
    return this;
  }

  Wire header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Wire body(byte[] bytes) {
    body = bytes;
    return this;
  }

  Wire at(Instant when) {
    time = when;
    return this;
  }

  /** Signs it as it is now. */
  Wire signed() {
    String timestamp = TIME.format(time);
    day = day == null ? timestamp.substring(0, 8) : day;
    String scope = String.join("/", day, region, service, terminator);
    String hash = bodyHash();
    if (mode == Mode.QUERY) {
      query.put("X-Amz-Algorithm", algorithm);
      query.put("X-Amz-Credential", client.accessKey() + "/" + scope);
      query.put("X-Amz-Date", timestamp);
      if (expires != null) {
        query.put("X-Amz-Expires", expires);
      }
      query.put("X-Amz-SignedHeaders", signedHeaders());
    } else {
      headers.put("x-amz-date", timestamp);
      headers.put("x-amz-content-sha256", hash);
      describeBody();
    }
    String canonical =
        String.join(
            "\n",
            method,
            path,
            queryString(),
            signedNames().stream()
                .map(n -> n + ":" + headers.get(n) + "\n")
                .collect(Collectors.joining()),
            signedHeaders(),
            hash);
    byte[] key = signingKey(client.secretKey(), day, region, service, terminator);
    String toSign =
        String.join(
            "\n",
            algorithm,
            timestamp,
            scope,
            Sha256.of(canonical.getBytes(StandardCharsets.UTF_8)).hex());
    signature = HexFormat.of().formatHex(hmac(key, toSign));
    sent = sentBody(key, timestamp, scope);
    if (mode == Mode.QUERY) {
      query.put("X-Amz-Signature", signature);
    } else {
      authorize(scope);
    }
    headers.put("content-length", Integer.toString(sent.length));
    return this;
  }

  private void authorize(String scope) {
    headers.put(
        "authorization",
        "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(algorithm, client.accessKey(), scope, signedHeaders(), signature));
  }

  /** Says another signature instead of the right one. */
  Wire withSignature(String other) {
    headers.computeIfPresent("authorization", (name, value) -> value.replace(signature, other));
    query.computeIfPresent("X-Amz-Signature", (name, value) -> other);
    return this;
  }

  private List<String> signedNames() {
    return headers.keySet().stream().filter(name -> !name.equals(unsignedHeader)).toList();
  }

  private String signedHeaders() {
    return String.join(";", signedNames());
  }

  private String bodyHash() {
    return switch (mode) {
      case HASHED -> Sha256.of(body).hex();
      case UNSIGNED, QUERY -> "UNSIGNED-PAYLOAD";
      case CHUNKS -> "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
      case CHUNKS_AND_TRAILER -> "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
      case UNSIGNED_AND_TRAILER -> "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    };
  }

  private boolean isChunked() {
    return mode == Mode.CHUNKS || hasTrailer();
  }

  private boolean hasTrailer() {
    return mode == Mode.CHUNKS_AND_TRAILER || mode == Mode.UNSIGNED_AND_TRAILER;
  }

  private void describeBody() {
    if (isChunked()) {
      headers.putIfAbsent("x-amz-decoded-content-length", Integer.toString(body.length));
      headers.put("content-encoding", "aws-chunked");
    }
    if (hasTrailer()) {
      headers.put("x-amz-trailer", "x-amz-checksum-crc32");
    }
  }

  private byte[] sentBody(byte[] key, String timestamp, String scope) {
    if (!isChunked()) {
      return body;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean signs = mode != Mode.UNSIGNED_AND_TRAILER;
    String previous = signature;
    for (int from = 0; ; from += CHUNK) {
      int length = Math.max(0, Math.min(CHUNK, body.length - from));
      byte[] chunk = new byte[length];
      System.arraycopy(body, Math.min(from, body.length), chunk, 0, length);
      previous =
          HexFormat.of()
              .formatHex(
                  hmac(
                      key,
                      String.join(
                          "\n",
                          "AWS4-HMAC-SHA256-PAYLOAD",
                          timestamp,
                          scope,
                          previous,
                          Sha256.of(new byte[0]).hex(),
                          Sha256.of(chunk).hex())));
      text(
          out,
          Integer.toHexString(length) + (signs ? ";chunk-signature=" + previous : "") + "\r\n");
      out.writeBytes(chunk);
      if (length == 0) {
        break;
      }
      text(out, "\r\n");
    }
    if (hasTrailer()) {
      String trailer = "x-amz-checksum-crc32:" + crc32();
      text(out, trailer + "\r\n");
      if (signs) {
        Sha256 hash = Sha256.of((trailer + "\n").getBytes(StandardCharsets.UTF_8));
        byte[] last =
            hmac(
                key,
                String.join(
                    "\n", "AWS4-HMAC-SHA256-TRAILER", timestamp, scope, previous, hash.hex()));
        text(out, "x-amz-trailer-signature:" + HexFormat.of().formatHex(last) + "\r\n");
      }
    }
    text(out, "\r\n");
    return out.toByteArray();
  }

  private String crc32() {
    CRC32 crc = new CRC32();
    crc.update(body);
    return Base64.getEncoder()
        .encodeToString(java.nio.ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What is sent instead of the body that was signed. */
  Wire sending(String text) {
    sent = text.getBytes(StandardCharsets.ISO_8859_1);
    headers.put("content-length", Integer.toString(sent.length));
    return this;
  }

  /** The body as it is sent, a character a byte. */
  String sent() {
    return new String(sent, StandardCharsets.ISO_8859_1);
  }

  private String queryString() {
    return query.entrySet().stream()
        .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
        .sorted()
        .collect(Collectors.joining("&"));
  }

  static String encode(String text) {
    return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  /** Sends it as it is now. */
  Answer send() throws IOException {
    List<String> lines = new ArrayList<>();
    String target = path + (query.isEmpty() ? "" : "?" + queryString());
    lines.add(method + " " + target + " HTTP/1.1");
    headers.forEach((name, value) -> lines.add(name + ": " + value));
    lines.add("connection: close");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text(out, String.join("\r\n", lines) + "\r\n\r\n");
    out.writeBytes(sent);
    try (Socket socket = new Socket(client.endpoint().getHost(), client.endpoint().getPort())) {
      socket.setSoTimeout(30_000);
      try {
        socket.getOutputStream().write(out.toByteArray());
      } catch (IOException e) {
        // It was refused before all of it was sent: the answer is there.
      }
      return read(socket.getInputStream().readAllBytes());
    }
  }

  private static Answer read(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf("\r\n\r\n");
    String head = end < 0 ? text : text.substring(0, end);
    int status = head.startsWith("HTTP/1.1 ") ? Integer.parseInt(head.substring(9, 12)) : 0;
    if (status == 100) {
      return read(text.substring(end + 4).getBytes(StandardCharsets.UTF_8));
    }
    return new Answer(status, end < 0 ? "" : text.substring(end + 4));
  }

  static byte[] signingKey(
      String secret, String day, String region, String service, String terminator) {
    byte[] key = hmac(("AWS4" + secret).getBytes(StandardCharsets.UTF_8), day);
    return hmac(hmac(hmac(key, region), service), terminator);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return mode.name().toLowerCase(Locale.ROOT)
        + " "
        + method
        + " "
        + URLDecoder.decode(path, StandardCharsets.ISO_8859_1)
        + " "
        + query.keySet();
  }
}
