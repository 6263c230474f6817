package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fresh team that works with the original client, and what its tests do first.
 *
 * @param rest calls with the same key
 * @param provider of the installation's own bucket
 */
record GradientTeam(String id, Rest rest, GradientClient gradient, String provider) {
  /**
   * A team of the running stack; skips the test where the client cannot be installed.
   *
   * @param home in which the client finds nobody's settings
   */
  static GradientTeam create(RunningStack stack, Path home) throws IOException {
    JsonNode made =
        stack
            .rest()
            .post("/teams", "{\"name\": \"team-%s\"}".formatted(UUID.randomUUID()))
            .ok()
            .json();
    String key = made.get("key").get("key").textValue();
    Rest rest = stack.rest().as(key);
    String url = stack.settings().get("MORAINE_DATASET_URL");
    GradientClient gradient = GradientClient.of(Files.createDirectories(home), url, key);
    String provider = rest.get("/storageProviders").ok().json().get(0).get("id").textValue();
    return new GradientTeam(rest.team(), rest, gradient, provider);
  }

  /** What the client prints. */
  String run(String... words) {
    return gradient.run(words);
  }

  /** A new key of the team. */
  String newKey(String role) {
    return rest.post("/teams/" + id + "/keys", "{\"role\": \"%s\"}".formatted(role))
        .ok()
        .json()
        .get("key")
        .textValue();
  }

  /** A dataset that the client makes; its id. */
  String createDataset(String name) {
    return createDataset(name, provider);
  }

  String createDataset(String name, String inProvider) {
    return found(
        run("datasets", "create", "--name", name, "--storageProviderId", inProvider),
        "Created dataset: (dst[0-9a-z]{12})");
  }

  /** An open version that the client makes; {@code dataset:version}. */
  String createVersion(String dataset, String message) {
    return version(run("datasets", "versions", "create", "--id", dataset, "--message", message));
  }

  /** The version that was made, as the client says it. */
  static String version(String printed) {
    return found(printed, "Created dataset version: (\\S+:[0-9a-z]{7})");
  }

  /** What the pattern's first group matches. */
  static String found(String printed, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(printed);
    assertThat(matcher.find()).as(printed).isTrue();
    return matcher.group(1);
  }

  /** Where a version is in the API. */
  static String path(String version) {
    return "/datasets/" + version.replace(":", "/versions/");
  }
}
