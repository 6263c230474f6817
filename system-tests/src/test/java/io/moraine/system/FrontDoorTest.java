package io.moraine.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.events.run.Outcome;
import io.moraine.testkit.blackbox.Engine;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.RunName;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input gets a clear error and loses nothing. */
class FrontDoorTest {
  private final RunningStack stack = SystemStack.up();
  private final Rest rest = stack.rest();
  private final Datasets datasets = new Datasets(rest);

  @Test
  void anUnknownKeyIs401() {
    Rest stranger = rest.as("mk_0000000000000000_" + "0".repeat(43));
    assertThat(stranger.get("/datasets").status()).isEqualTo(401);
    assertThat(stranger.get("/cache").status()).isEqualTo(401);
    assertThat(stranger.get("/runs/r").status()).isEqualTo(401);
  }

  @Test
  void anotherTeamsThingsAre404() {
    String dataset = datasets.create("private");
    String version = datasets.committed(dataset, Map.of("a", "secret".getBytes(UTF_8)));
    JsonNode made =
        rest.post("/teams", "{\"name\":\"team-%s\"}".formatted(UUID.randomUUID())).ok().json();
    Rest other = rest.as(made.get("key").get("key").textValue());
    assertThat(other.get("/datasets").ok().json()).isEmpty();
    assertThat(other.get("/datasets/" + dataset).status()).isEqualTo(404);
    assertThat(other.get("/datasets/ref/" + dataset + ":latest").status()).isEqualTo(404);
    assertThat(other.get(Datasets.file(dataset, version, "a")).status()).isEqualTo(404);
    assertThat(other.delete("/datasets/" + dataset).status()).isEqualTo(404);
    assertThat(other.get("/cache/versions/%s/%s".formatted(dataset, version)).status())
        .isEqualTo(404);
    assertThat(rest.get(Datasets.file(dataset, version, "a")).ok().text()).isEqualTo("secret");
  }

  @Test
  void aCommittedVersionTakesNoPut() {
    String dataset = datasets.create("fixed");
    String version = datasets.committed(dataset, Map.of("a", "1".getBytes(UTF_8)));
    Rest.Answer answer = rest.put(Datasets.file(dataset, version, "a"), "2".getBytes(UTF_8));
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().get("detail").textValue()).contains(version);
    assertThat(rest.delete(Datasets.file(dataset, version, "a")).status()).isEqualTo(409);
    assertThat(rest.get(Datasets.file(dataset, version, "a")).ok().text()).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a/../b", "a/%2e%2e/b", "..%2fb", "a%00b", "a//b", "a/./b", "%c0%ae%c0%ae/a"})
  void hostilePathsAre400(String path) throws Exception {
    String dataset = datasets.create("paths");
    String version = datasets.open(dataset);
    assertThat(rawPut(Datasets.file(dataset, version, path), 1, "x".getBytes(UTF_8), true))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void aShortBodyNeverBecomesAFile() throws Exception {
    String dataset = datasets.create("short");
    String version = datasets.open(dataset);
    rawPut(Datasets.file(dataset, version, "cut"), 1_000_000, new byte[5_000], false);
    datasets.put(dataset, version, "whole", new byte[] {1});
    datasets.commit(dataset, version);
    assertThat(datasets.contents(dataset, version)).containsOnlyKeys("whole");
  }

  @Test
  void anEmptyVersionIsCommittedAndCached() {
    String dataset = datasets.create("empty");
    String version = datasets.committed(dataset, Map.of());
    var cached =
        stack
            .settings()
            .home()
            .shareStorage()
            .resolve(rest.team())
            .resolve("datasets")
            .resolve(dataset)
            .resolve(version);
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.isDirectory(cached));
  }

  @Test
  void whatCanNeverBeProcessedIsPutAsideAndTheNextEventIsProcessed() {
    String input = datasets.create("poison-in");
    datasets.committed(input, Map.of("a", "1".getBytes(UTF_8)));
    String output = datasets.create("poison-out");
    try (Engine engine = new Engine(stack.settings(), rest);
        EventLog log = new EventLog(stack.settings())) {
      String id = UUID.randomUUID().toString();
      String untrusted = "{\"team\":\"%s\",\"run\":\"%s\"}".formatted(rest.team(), id);
      engine.send(
          id,
          headers("io.moraine.run.RunStarted.v1", id, engine.token()),
          "{nonsense".getBytes(UTF_8));
      engine.send(
          id, headers("io.moraine.run.Unheard.v1", id, engine.token()), untrusted.getBytes(UTF_8));
      engine.send(
          id, headers("io.moraine.run.RunStarted.v1", id, "forged"), untrusted.getBytes(UTF_8));
      engine.send(id, Map.of(), untrusted.getBytes(UTF_8));
      Runs runs = new Runs(rest, engine);
      RunName next = runs.start(input, output);
      runs.awaitMounts(next);
      runs.finish(next, Outcome.FAILED);
      runs.awaitEnd(next, "failed");
      assertThat(datasets.committedVersions(output)).isEmpty();
      assertThat(rest.get("/runs/" + id).status()).isEqualTo(404);
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () ->
                  assertThat(log.deadLetters())
                      .filteredOn(letter -> id.equals(letter.key()))
                      .hasSize(4)
                      .allSatisfy(
                          letter ->
                              assertThat(letter.headers())
                                  .containsEntry("dead-letter-topic", "moraine.runs")
                                  .containsKeys(
                                      "dead-letter-reason",
                                      "dead-letter-partition",
                                      "dead-letter-offset")));
    }
  }

  private static Map<String, String> headers(String type, String subject, String token) {
    return Map.of(
        "ce_specversion",
        "1.0",
        "ce_id",
        UUID.randomUUID().toString(),
        "ce_source",
        "/tests",
        "ce_type",
        type,
        "ce_time",
        Instant.now().toString(),
        "ce_subject",
        subject,
        "ce_token",
        token);
  }

  /** A PUT that no well-behaved client would send; returns what came back, if anything. */
  private String rawPut(String path, int contentLength, byte[] body, boolean awaitAnswer)
      throws Exception {
    String key = Files.readString(stack.home().resolve("admin.key")).strip();
    int port = stack.settings().port("MORAINE_DATASET_PORT");
    try (Socket socket = new Socket("127.0.0.1", port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "PUT %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
              .formatted(path, key, contentLength)
              .getBytes(UTF_8));
      out.write(body);
      out.flush();
      if (!awaitAnswer) {
        return "";
      }
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
