package io.moraine.content.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.ProviderId;
import java.util.Objects;

/**
 * What a bucket says of a team that keeps contents in it, so that a lost database finds the team
 * again. Immutable, thread-safe.
 *
 * @param operator whether its admins run the installation
 * @param provider by which the team's datasets name this bucket
 */
public record TeamRecord(String name, boolean operator, ProviderId provider, String providerName) {
  public TeamRecord {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(providerName, "providerName");
  }

  /** The same record gives the same bytes: members in alphabetical order, no white space. */
  public byte[] encode() {
    ObjectNode json = StoredJson.object();
    json.put("format", Limits.FORMAT_VERSION);
    json.put("name", name);
    json.put("operator", operator);
    ObjectNode bucket = json.putObject("provider");
    bucket.put("id", provider.text());
    bucket.put("name", providerName);
    return StoredJson.encode(json, Limits.RECORD_BYTES);
  }

  /** Reads a stored record. Unknown members are ignored; whatever else is wrong is refused. */
  public static TeamRecord decode(byte[] bytes) {
    return StoredJson.decode("team record", bytes, Limits.RECORD_BYTES, TeamRecord::read);
  }

  private static TeamRecord read(JsonNode json) {
    JsonNode bucket = json.path("provider");
    return new TeamRecord(
        StoredJson.text(json, "name"),
        json.path("operator").asBoolean(),
        new ProviderId(StoredJson.text(bucket, "id")),
        StoredJson.text(bucket, "name"));
  }
}
