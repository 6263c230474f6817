package io.moraine.events;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The CloudEvents 1.0 attributes of one event, carried as Kafka headers (binary content mode,
 * {@code ce_} prefix).
 *
 * @param id unique for the source; the same event sent twice has the same id
 * @param source who produced it, a URI reference such as {@code /moraine/dataset-service}
 * @param type see {@link EventType}
 * @param time when it happened
 * @param subject what it is about: the record key
 * @param sequence its place among the events of its key, written as 20 digits with leading zeros;
 *     absent in {@code moraine.runs}, whose producers are not ours
 * @param traceparent W3C Trace Context, when there is a trace
 * @param token proof of the team, in {@code moraine.runs} only
 */
public record EventHeaders(
    String id,
    String source,
    String type,
    Instant time,
    String subject,
    OptionalLong sequence,
    Optional<String> traceparent,
    Optional<String> token) {
  private static final String SPEC_VERSION = "1.0";
  private static final String CONTENT_TYPE = "application/json";

  public EventHeaders {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(sequence, "sequence");
    Objects.requireNonNull(traceparent, "traceparent");
    Objects.requireNonNull(token, "token");
  }

  /** As header names and values. */
  public Map<String, String> toMap() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("ce_specversion", SPEC_VERSION);
    headers.put("ce_id", id);
    headers.put("ce_source", source);
    headers.put("ce_type", type);
    headers.put("ce_time", time.toString());
    headers.put("ce_subject", subject);
    sequence.ifPresent(n -> headers.put("ce_sequence", String.format("%020d", n)));
    traceparent.ifPresent(t -> headers.put("ce_traceparent", t));
    token.ifPresent(t -> headers.put("ce_token", t));
    headers.put("content-type", CONTENT_TYPE);
    return headers;
  }

  /** Reads headers of any origin; names of other headers are ignored. */
  public static EventHeaders of(Map<String, String> headers) throws UnreadableEventException {
    if (!SPEC_VERSION.equals(headers.get("ce_specversion"))) {
      throw new UnreadableEventException(
          "ce_specversion must be 1.0 (CloudEvents in binary mode), not "
              + headers.get("ce_specversion"));
    }
    return new EventHeaders(
        required(headers, "ce_id"),
        required(headers, "ce_source"),
        required(headers, "ce_type"),
        time(required(headers, "ce_time")),
        required(headers, "ce_subject"),
        sequence(headers.get("ce_sequence")),
        Optional.ofNullable(headers.get("ce_traceparent")),
        Optional.ofNullable(headers.get("ce_token")));
  }

  private static String required(Map<String, String> headers, String name)
      throws UnreadableEventException {
    String value = headers.get(name);
    if (value == null || value.isBlank()) {
      throw new UnreadableEventException("the header " + name + " is missing");
    }
    return value;
  }

  private static Instant time(String text) throws UnreadableEventException {
    try {
      return java.time.OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new UnreadableEventException("ce_time is no RFC 3339 time: " + text, e);
    }
  }

  private static OptionalLong sequence(String text) throws UnreadableEventException {
    if (text == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new UnreadableEventException("ce_sequence is no number: " + text, e);
    }
  }
}
