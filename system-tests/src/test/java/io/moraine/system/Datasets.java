package io.moraine.system;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.testkit.blackbox.Rest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Datasets over REST, as a script would make them. */
final class Datasets {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final Rest rest;

  Datasets(Rest rest) {
    this.rest = rest;
  }

  /** A new dataset with a name of its own; returns its id. */
  String create(String name) {
    String provider = rest.get("/storageProviders").ok().json().get(0).get("id").textValue();
    String unique = name + "-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    return rest.post(
            "/datasets",
            "{\"name\":\"%s\",\"storageProviderId\":\"%s\"}".formatted(unique, provider))
        .ok()
        .json()
        .get("id")
        .textValue();
  }

  /** A new open version; returns its id. */
  String open(String dataset) {
    return rest.post("/datasets/" + dataset + "/versions", "{}")
        .ok()
        .json()
        .get("version")
        .textValue();
  }

  void put(String dataset, String version, String path, byte[] bytes) {
    rest.put(file(dataset, version, path), bytes).ok();
  }

  void commit(String dataset, String version) {
    rest.post("/datasets/" + dataset + "/versions/" + version, "{\"isCommitted\":true}").ok();
  }

  /** A committed version of these files; returns its id. */
  String committed(String dataset, Map<String, byte[]> files) {
    String version = open(dataset);
    files.forEach((path, bytes) -> put(dataset, version, path, bytes));
    commit(dataset, version);
    return version;
  }

  JsonNode committedVersions(String dataset) {
    return rest.get(
            "/datasets/"
                + dataset
                + "/versions?filter[where][isCommitted]=true"
                    .replace("[", "%5B")
                    .replace("]", "%5D"))
        .ok()
        .json();
  }

  /** Every file of a version, read back over REST; waits while something of the stack is away. */
  Map<String, String> contents(String dataset, String version) {
    String files = "/datasets/%s/versions/%s/files".formatted(dataset, version);
    Map<String, String> contents = new LinkedHashMap<>();
    for (JsonNode item : read(files + "?limit=1000").json().get("items")) {
      String path = item.get("path").textValue();
      contents.put(path, new String(read(files + "/" + path).body(), StandardCharsets.UTF_8));
    }
    return contents;
  }

  private Rest.Answer read(String path) {
    return await()
        .atMost(Duration.ofMinutes(2))
        .pollDelay(Duration.ZERO)
        .ignoreExceptions() // a service that is away refuses connections
        .until(() -> rest.get(path), answer -> answer.status() != 503)
        .ok();
  }

  static String file(String dataset, String version, String path) {
    return "/datasets/%s/versions/%s/files/%s".formatted(dataset, version, path);
  }
}
