package io.moraine.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Events as JSON and back. Both ways every payload is checked against the schema of its type
 * ({@code io/moraine/events/schemas/{type}.json}); unknown members are allowed. Thread-safe.
 */
public final class EventCodec {
  /** No event is larger: Kafka's own limit is 1 MiB with its headers. */
  public static final int MAX_BYTES = 900 * 1024;

  private final ObjectMapper mapper = Json.mapper();
  private final Map<String, Schema> schemas = new HashMap<>();

  public EventCodec() {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    for (EventType type : EventType.all()) {
      schemas.put(type.name(), load(registry, type));
    }
  }

  private static Schema load(SchemaRegistry registry, EventType type) {
    String resource = "schemas/" + type.name() + ".json";
    try (InputStream in = EventCodec.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the schema " + resource + " is not in the jar");
      }
      return registry.getSchema(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The payload of {@code event}; fails when it does not fit its own schema or is larger than
   * {@link #MAX_BYTES}, which is a bug of the caller.
   */
  public byte[] encode(Event event) {
    JsonNode json = mapper.valueToTree(event);
    violation(EventType.of(event), json)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(
                  event.getClass().getSimpleName() + " does not fit its schema: " + problem);
            });
    try {
      byte[] payload = mapper.writeValueAsBytes(json);
      if (payload.length > MAX_BYTES) {
        throw new IllegalArgumentException(
            "%s has %d bytes; the most is %d"
                .formatted(event.getClass().getSimpleName(), payload.length, MAX_BYTES));
      }
      return payload;
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a payload of any origin. */
  public Event decode(String typeName, byte[] payload) throws UnreadableEventException {
    EventType type =
        EventType.named(typeName)
            .orElseThrow(() -> new UnreadableEventException("no event has the type " + typeName));
    if (payload == null || payload.length == 0) {
      throw new UnreadableEventException("the event has no payload");
    }
    if (payload.length > MAX_BYTES) {
      throw new UnreadableEventException(
          "the payload has " + payload.length + " bytes; the most is " + MAX_BYTES);
    }
    JsonNode json = parse(payload);
    if (holdsNul(json)) {
      throw new UnreadableEventException("the payload holds a NUL character, which no text may");
    }
    Optional<String> problem = violation(type, json);
    if (problem.isPresent()) {
      throw new UnreadableEventException(typeName + " does not fit its schema: " + problem.get());
    }
    return read(type, json);
  }

  private JsonNode parse(byte[] payload) throws UnreadableEventException {
    try {
      return mapper.readTree(payload);
    } catch (IOException e) {
      throw new UnreadableEventException("the payload is no JSON: " + firstLine(e), e);
    }
  }

  /** PostgreSQL stores none: such an event could never take effect. */
  private static boolean holdsNul(JsonNode json) {
    if (json.isTextual()) {
      return json.textValue().indexOf('\0') >= 0;
    }
    for (JsonNode member : json) {
      if (holdsNul(member)) {
        return true;
      }
    }
    return false;
  }

  private Event read(EventType type, JsonNode json) throws UnreadableEventException {
    try {
      return mapper.treeToValue(json, type.record());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new UnreadableEventException(type.name() + ": " + firstLine(e), e);
    }
  }

  private Optional<String> violation(EventType type, JsonNode json) {
    List<Error> errors =
        schemas.get(type.name()).validate(json.toString(), com.networknt.schema.InputFormat.JSON);
    return errors.stream().findFirst().map(Error::toString);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
