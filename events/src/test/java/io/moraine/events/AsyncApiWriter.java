package io.moraine.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.moraine.events.run.RunStarted;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Makes the AsyncAPI document out of topics, event types and their schemas. */
final class AsyncApiWriter {
  private static final String KAFKA_BINDING = "0.5.0";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ObjectNode channels = JSON.objectNode();
  private final ObjectNode operations = JSON.objectNode();
  private final ObjectNode messages = JSON.objectNode();
  private final ObjectNode schemas = JSON.objectNode();

  static JsonNode document() throws IOException {
    return new AsyncApiWriter().write();
  }

  private JsonNode write() throws IOException {
    for (Topic topic : Topic.values()) {
      addChannel(topic);
    }
    addDeadLetters();
    schemas.set("headers", headers(false));
    schemas.set("runHeaders", headers(true));
    schemas.set("deadLetterHeaders", deadLetterHeaders());
    ObjectNode document = JSON.objectNode();
    document.put("asyncapi", "3.0.0");
    ObjectNode info = document.putObject("info");
    info.put("title", "Moraine's events").put("version", "1");
    info.put(
        "description",
        "CloudEvents 1.0 in binary mode, JSON payloads. A type never changes its meaning: a new shape"
            + " is a new version. Members that are not known are to be ignored.");
    info.putObject("license")
        .put("name", "Apache-2.0")
        .put("url", "https://www.apache.org/licenses/LICENSE-2.0");
    document.put("defaultContentType", "application/json");
    ObjectNode kafka = document.putObject("servers").putObject("kafka");
    kafka.put("host", "{broker}").put("protocol", "kafka");
    kafka
        .putObject("variables")
        .putObject("broker")
        .put("default", "127.0.0.1:19092")
        .put("description", "MORAINE_KAFKA");
    document.set("channels", channels);
    document.set("operations", operations);
    ObjectNode components = document.putObject("components");
    components.set("messages", messages);
    components.set("schemas", schemas);
    return document;
  }

  private void addChannel(Topic topic) throws IOException {
    String channel = topic.name().toLowerCase(Locale.ROOT);
    ObjectNode added = channel(channel, topic.topic(), meaning(topic));
    ObjectNode carried = added.putObject("messages");
    for (EventType type : types(topic)) {
      String name = type.record().getSimpleName();
      carried.set(name, ref("components/messages/" + name));
      messages.set(name, message(type));
    }
    if (topic == Topic.RUNS) {
      operation("hear", channel, names(carried));
      operation("start", channel, List.of(RunStarted.class.getSimpleName()));
    } else {
      operation("tell", channel, names(carried));
    }
  }

  private static List<String> names(ObjectNode carried) {
    List<String> names = new ArrayList<>();
    carried.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static String meaning(Topic topic) {
    return switch (topic) {
      case DATASETS ->
          "What happened to datasets, by dataset-service; the key is the dataset's id.";
      case RUNS ->
          "What workflow engines tell of their runs, and dataset-service of those of Gradient's workflows that"
              + " it starts; heard by volume-service. The key is the run's name.";
      case VOLUMES ->
          "What happened to runs' mounts and to volumes, by volume-service; the key is the run's name.";
      case CACHE ->
          "What happened in team caches and to outputs, by cache-service; the key is the dataset's id, of"
              + " outputs the run's name.";
      case LINEAGE ->
          "Which jobs read and wrote what, as OpenLineage RunEvents, by volume-service; the key is the"
              + " OpenLineage run id.";
    };
  }

  private static List<EventType> types(Topic topic) {
    List<EventType> types = new ArrayList<>();
    EventType.all().forEach(types::add);
    types.removeIf(type -> type.topic() != topic);
    types.sort(Comparator.comparing(EventType::name));
    return types;
  }

  private ObjectNode message(EventType type) throws IOException {
    ObjectNode schema = schema(type);
    schemas.set(type.name(), schema);
    ObjectNode message = JSON.objectNode();
    message.put("name", type.name());
    message.put("title", schema.get("title").textValue());
    message.put("summary", schema.get("description").textValue());
    message.put("contentType", "application/json");
    message.set(
        "headers",
        ref("components/schemas/" + (type.topic() == Topic.RUNS ? "runHeaders" : "headers")));
    message.set("payload", ref("components/schemas/" + type.name()));
    message
        .putObject("bindings")
        .putObject("kafka")
        .put("bindingVersion", KAFKA_BINDING)
        .putObject("key")
        .put("type", "string");
    return message;
  }

  /** Of the document's own dialect: what a file says of itself is left out. */
  private static ObjectNode schema(EventType type) throws IOException {
    try (InputStream in =
        EventCodec.class.getResourceAsStream("schemas/" + type.name() + ".json")) {
      ObjectNode schema = (ObjectNode) Json.mapper().readTree(in);
      schema.remove(List.of("$schema", "$id"));
      return schema;
    }
  }

  private void addDeadLetters() {
    ObjectNode added =
        channel(
            "deadLetters",
            Topic.DEAD_LETTERS,
            "What could never be processed, as it came, with headers that say why and where it stood.");
    ObjectNode carried = added.putObject("messages");
    carried.set("DeadLetter", ref("components/messages/DeadLetter"));
    ObjectNode message = messages.putObject("DeadLetter");
    message.put("name", "DeadLetter").put("title", "DeadLetter");
    message.put("summary", "A record of another topic, byte for byte.");
    message.put("contentType", "application/octet-stream");
    message.set("headers", ref("components/schemas/deadLetterHeaders"));
    operation("tell", "deadLetters", names(carried));
  }

  private ObjectNode channel(String name, String topic, String meaning) {
    ObjectNode channel = channels.putObject(name);
    channel.put("address", topic).put("title", topic).put("description", meaning);
    channel
        .putObject("bindings")
        .putObject("kafka")
        .put("topic", topic)
        .put("bindingVersion", KAFKA_BINDING);
    return channel;
  }

  private void operation(String verb, String channel, List<String> carried) {
    String name = verb + channel.substring(0, 1).toUpperCase(Locale.ROOT) + channel.substring(1);
    ObjectNode operation = operations.putObject(name);
    operation.put("action", verb.equals("hear") ? "receive" : "send");
    operation.set("channel", ref("channels/" + channel));
    ArrayNode refs = operation.putArray("messages");
    carried.forEach(m -> refs.add(ref("channels/" + channel + "/messages/" + m)));
  }

  private static ObjectNode headers(boolean ofRuns) {
    ObjectNode schema = JSON.objectNode();
    schema.put("type", "object");
    ArrayNode required = schema.putArray("required");
    ObjectNode members = schema.putObject("properties");
    header(members, "ce_specversion", "CloudEvents").put("const", "1.0");
    header(members, "ce_id", "unique for the source; the same event sent twice has the same");
    header(members, "ce_source", "who produced it").put("format", "uri-reference");
    header(members, "ce_type", "which event it is, and of which version");
    header(members, "ce_time", "when it happened, RFC 3339").put("format", "date-time");
    header(members, "ce_subject", "what it is about: the record's key");
    members.fieldNames().forEachRemaining(required::add);
    if (ofRuns) {
      header(
          members,
          "ce_token",
          "what POST /tokens gave to a key of the team, unless the broker knows who produces it");
    } else {
      header(members, "ce_sequence", "its place among the events of its key")
          .put("pattern", "^[0-9]{20}$");
      required.add("ce_sequence");
    }
    header(members, "ce_traceparent", "W3C Trace Context");
    header(members, "content-type", "of the payload").put("const", "application/json");
    return schema;
  }

  private static ObjectNode deadLetterHeaders() {
    ObjectNode schema = JSON.objectNode();
    schema.put("type", "object");
    ArrayNode required = schema.putArray("required");
    ObjectNode members = schema.putObject("properties");
    header(members, "dead-letter-reason", "why it can never be processed");
    header(members, "dead-letter-topic", "where it stood");
    header(members, "dead-letter-partition", "where it stood");
    header(members, "dead-letter-offset", "where it stood");
    members.fieldNames().forEachRemaining(required::add);
    return schema;
  }

  private static ObjectNode header(ObjectNode members, String name, String meaning) {
    return members.putObject(name).put("type", "string").put("description", meaning);
  }

  private static ObjectNode ref(String path) {
    return JSON.objectNode().put("$ref", "#/" + path);
  }
}
