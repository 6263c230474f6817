package io.moraine.content.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What may change about a dataset and its versions, as it was after one event. Immutable,
 * thread-safe.
 *
 * @param tags which version each points at
 * @param messages of versions whose message was edited after their commit
 * @param created when the dataset was made
 */
public record DatasetRecord(
    DatasetName name,
    String description,
    Map<TagName, VersionId> tags,
    Map<VersionId, String> messages,
    Retention retention,
    Instant created) {
  /** A record is one object. */
  private static final int MOST_BYTES = Limits.OBJECT_BYTES;

  /** Which versions stay; what is absent is no rule. */
  public record Retention(
      Optional<Integer> keepLast,
      Optional<Integer> keepYoungerThanDays,
      Optional<Boolean> keepTagged) {}

  public DatasetRecord {
    tags = Map.copyOf(tags);
    messages = Map.copyOf(messages);
  }

  /** The same record gives the same bytes: members in alphabetical order, no white space. */
  public byte[] encode() {
    ObjectNode json = StoredJson.object();
    json.put("created", created.toString());
    json.put("description", description);
    json.put("format", Limits.FORMAT_VERSION);
    ObjectNode edited = json.putObject("messages");
    sorted(messages, VersionId::text).forEach((id, text) -> edited.put(id.text(), text));
    json.put("name", name.text());
    ObjectNode rules = json.putObject("retention");
    retention.keepLast().ifPresent(n -> rules.put("keepLast", n));
    retention.keepTagged().ifPresent(is -> rules.put("keepTagged", is));
    retention.keepYoungerThanDays().ifPresent(n -> rules.put("keepYoungerThanDays", n));
    ObjectNode names = json.putObject("tags");
    sorted(tags, TagName::text).forEach((tag, id) -> names.put(tag.text(), id.text()));
    return StoredJson.encode(json, MOST_BYTES);
  }

  private static <K, V> Map<K, V> sorted(
      Map<K, V> map, java.util.function.Function<K, String> text) {
    Map<K, V> sorted = new TreeMap<>(Comparator.comparing(text));
    sorted.putAll(map);
    return sorted;
  }

  /** Reads a stored record. Unknown members are ignored; whatever else is wrong is refused. */
  public static DatasetRecord decode(byte[] bytes) {
    return StoredJson.decode("dataset record", bytes, MOST_BYTES, DatasetRecord::read);
  }

  private static DatasetRecord read(JsonNode json) {
    Map<TagName, VersionId> tags = new TreeMap<>(Comparator.comparing(TagName::text));
    JsonNode names = json.path("tags");
    names
        .fieldNames()
        .forEachRemaining(
            tag -> tags.put(new TagName(tag), new VersionId(StoredJson.text(names, tag))));
    Map<VersionId, String> messages = new TreeMap<>(Comparator.comparing(VersionId::text));
    JsonNode edited = json.path("messages");
    edited
        .fieldNames()
        .forEachRemaining(id -> messages.put(new VersionId(id), StoredJson.text(edited, id)));
    return new DatasetRecord(
        new DatasetName(StoredJson.text(json, "name")),
        StoredJson.text(json, "description"),
        tags,
        messages,
        retention(json.path("retention")),
        Instant.parse(StoredJson.text(json, "created")));
  }

  private static Retention retention(JsonNode rules) {
    return new Retention(
        number(rules, "keepLast"),
        number(rules, "keepYoungerThanDays"),
        rules.has("keepTagged")
            ? Optional.of(rules.get("keepTagged").asBoolean())
            : Optional.empty());
  }

  private static Optional<Integer> number(JsonNode rules, String member) {
    return rules.has(member)
        ? Optional.of(Math.toIntExact(StoredJson.number(rules, member)))
        : Optional.empty();
  }
}
