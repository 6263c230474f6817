package io.moraine.content.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.content.tree.VersionRoot;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a commit writes last: a version whose record is in the bucket is committed. Everything that
 * is needed to find it again without a database. Immutable, thread-safe.
 *
 * @param root the tree's root
 * @param base the version of the same dataset that it was made from
 * @param message what its author said, possibly empty
 * @param origin the run whose output it is
 * @param time when it became committing, by the database's clock
 * @param sequence of its VersionCommitted event
 */
public record VersionRecord(
    VersionRoot root,
    Optional<VersionId> base,
    String message,
    Optional<Origin> origin,
    Instant time,
    long sequence) {
  /** Which output of which run a version is; attempts count from 1. */
  public record Origin(RunName run, RunName job, RunName output, int attempt) {
    public Origin {
      Objects.requireNonNull(run, "run");
      Objects.requireNonNull(job, "job");
      Objects.requireNonNull(output, "output");
      if (attempt < 1) {
        throw new IllegalArgumentException("attempts count from 1, but this is " + attempt + ".");
      }
    }
  }

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  public VersionRecord {
    Objects.requireNonNull(root, "root");
    Objects.requireNonNull(base, "base");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(time, "time");
    if (sequence < 0) {
      throw new IllegalArgumentException("a sequence is never negative, but this is " + sequence);
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(message)) {
      throw new IllegalArgumentException("the message is not well-formed Unicode.");
    }
  }

  /** The same record gives the same bytes: members in alphabetical order, no white space. */
  public byte[] encode() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    base.ifPresent(id -> json.put("base", id.text()));
    json.put("bytes", root.bytes());
    json.put("files", root.files());
    json.put("format", Limits.FORMAT_VERSION);
    json.put("message", message);
    origin.ifPresent(from -> json.set("origin", encode(from)));
    json.put("root", root.digest().hex());
    json.put("sequence", sequence);
    json.put("time", time.toString());
    try {
      byte[] bytes = JSON.writeValueAsBytes(json);
      if (bytes.length > Limits.RECORD_BYTES) {
        throw new IllegalArgumentException(
            "a version record of " + bytes.length + " bytes is too large; shorten the message.");
      }
      return bytes;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a checked record can always be written", e);
    }
  }

  private static ObjectNode encode(Origin origin) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("attempt", origin.attempt());
    json.put("job", origin.job().text());
    json.put("output", origin.output().text());
    json.put("run", origin.run().text());
    return json;
  }

  /** Reads a stored record. Unknown members are ignored; whatever else is wrong is refused. */
  public static VersionRecord decode(byte[] bytes) {
    if (bytes.length > Limits.RECORD_BYTES) {
      throw wrong("it has " + bytes.length + " bytes; the most is " + Limits.RECORD_BYTES, null);
    }
    try {
      JsonNode json = JSON.readTree(bytes);
      if (number(json, "format") != Limits.FORMAT_VERSION) {
        throw wrong("its format is " + number(json, "format") + "; 1 is known", null);
      }
      VersionRoot root =
          new VersionRoot(
              Sha256.ofHex(text(json, "root")), number(json, "files"), number(json, "bytes"));
      return new VersionRecord(
          root,
          json.has("base") ? Optional.of(new VersionId(text(json, "base"))) : Optional.empty(),
          text(json, "message"),
          json.has("origin") ? Optional.of(origin(json.get("origin"))) : Optional.empty(),
          Instant.parse(text(json, "time")),
          number(json, "sequence"));
    } catch (JsonProcessingException e) {
      throw wrong(e.getOriginalMessage(), e);
    } catch (IOException | IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw wrong(e.getMessage(), e);
    }
  }

  private static Origin origin(JsonNode json) {
    return new Origin(
        new RunName(text(json, "run")),
        new RunName(text(json, "job")),
        new RunName(text(json, "output")),
        Math.toIntExact(number(json, "attempt")));
  }

  private static String text(JsonNode json, String member) {
    JsonNode value = json.path(member);
    if (!value.isTextual()) {
      throw wrong("its member '" + member + "' is not a text", null);
    }
    return value.textValue();
  }

  private static long number(JsonNode json, String member) {
    JsonNode value = json.path(member);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong("its member '" + member + "' is not a whole number", null);
    }
    return value.longValue();
  }

  private static FormatException wrong(String why, Throwable cause) {
    return new FormatException("not a valid version record: " + why + ".", cause);
  }
}
