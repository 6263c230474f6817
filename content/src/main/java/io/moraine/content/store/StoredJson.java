package io.moraine.content.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.function.Function;

/** How records are written and read: strictly, and with their format's number. */
final class StoredJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StoredJson() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static byte[] encode(ObjectNode json, int mostBytes) {
    try {
      byte[] bytes = JSON.writeValueAsBytes(json);
      if (bytes.length > mostBytes) {
        throw new IllegalArgumentException(
            "a record of " + bytes.length + " bytes is too large; the most is " + mostBytes + ".");
      }
      return bytes;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a checked record can always be written", e);
    }
  }

  /** Reads {@code bytes} as a record called {@code what}; whatever is wrong is refused. */
  static <T> T decode(String what, byte[] bytes, int mostBytes, Function<JsonNode, T> read) {
    if (bytes.length > mostBytes) {
      throw new FormatException(
          "not a valid %s: it has %d bytes; the most is %d."
              .formatted(what, bytes.length, mostBytes));
    }
    try {
      JsonNode json = JSON.readTree(bytes);
      if (number(json, "format") != Limits.FORMAT_VERSION) {
        throw new IllegalArgumentException(
            "its format is " + number(json, "format") + "; 1 is known");
      }
      return read.apply(json);
    } catch (IOException
        | IllegalArgumentException
        | DateTimeException
        | ArithmeticException
        | NullPointerException e) {
      throw new FormatException("not a valid " + what + ": " + e.getMessage() + ".", e);
    }
  }

  static String text(JsonNode json, String member) {
    JsonNode value = json.path(member);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("its member '" + member + "' is not a text");
    }
    return value.textValue();
  }

  static long number(JsonNode json, String member) {
    JsonNode value = json.path(member);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException("its member '" + member + "' is not a whole number");
    }
    return value.longValue();
  }
}
