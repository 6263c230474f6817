package io.moraine.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AsyncApiTest {
  private static final Path SOURCE =
      Path.of("src/main/resources/io/moraine/events", AsyncApi.RESOURCE);

  /** Set, the document is written anew instead of compared. */
  private static final boolean WRITE = Boolean.getBoolean("moraine.asyncapi.write");

  @Test
  void theDocumentIsWhatTheEventsAre() throws Exception {
    JsonNode events = AsyncApiWriter.document();
    if (WRITE) {
      String pretty = Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(events);
      Files.writeString(SOURCE, pretty + "\n");
    }

    assertThat(Json.mapper().readTree(SOURCE.toFile()))
        .as("write it anew: mvn test -pl events -Dtest=AsyncApiTest -Dmoraine.asyncapi.write=true")
        .isEqualTo(events);
  }

  @Test
  void itIsAnAsyncApiDocument() throws Exception {
    try (InputStream in = getClass().getResourceAsStream("/asyncapi/3.0.0.json")) {
      var schema =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
              .getSchema(new String(in.readAllBytes(), UTF_8), InputFormat.JSON);

      assertThat(schema.validate(new String(AsyncApi.document(), UTF_8), InputFormat.JSON))
          .isEmpty();
      assertThat(
              schema.validate(
                  new String(AsyncApi.document(), UTF_8).replace("\"send\"", "\"shout\""),
                  InputFormat.JSON))
          .as("what is wrong is seen")
          .isNotEmpty();
    }
  }

  @Test
  void everyTopicAndEveryTypeIsInItAndEveryReferenceLeadsSomewhere() throws Exception {
    JsonNode document = Json.mapper().readTree(AsyncApi.document());
    Set<String> addresses = new TreeSet<>(document.at("/channels").findValuesAsText("address"));
    Set<String> topics = new TreeSet<>(Set.of(Topic.DEAD_LETTERS));
    Arrays.stream(Topic.values()).map(Topic::topic).forEach(topics::add);

    assertThat(addresses).isEqualTo(topics);
    Map<String, Set<String>> carried = new TreeMap<>();
    for (Topic topic : Topic.values()) {
      for (Class<?> record : topic.events().getPermittedSubclasses()) {
        carried.computeIfAbsent(topic.topic(), t -> new TreeSet<>()).add(record.getSimpleName());
      }
    }
    carried.put(Topic.DEAD_LETTERS, Set.of("DeadLetter"));
    assertThat(messagesByAddress(document)).isEqualTo(carried);
    for (EventType type : EventType.all()) {
      String message = "/components/messages/" + type.record().getSimpleName();
      assertThat(document.at(message).at("/name").textValue()).isEqualTo(type.name());
    }
    assertThat(document.at("/components/messages"))
        .hasSize(carried.values().stream().mapToInt(Set::size).sum());
    assertThat(document.findValuesAsText("$ref"))
        .isNotEmpty()
        .allSatisfy(
            ref -> assertThat(document.at(ref.substring(1)).isMissingNode()).as(ref).isFalse());
  }

  private static Map<String, Set<String>> messagesByAddress(JsonNode document) {
    Map<String, Set<String>> messages = new TreeMap<>();
    document
        .get("channels")
        .forEach(
            channel -> {
              Set<String> names = new TreeSet<>();
              channel.get("messages").fieldNames().forEachRemaining(names::add);
              messages.put(channel.get("address").textValue(), names);
            });
    return messages;
  }
}
