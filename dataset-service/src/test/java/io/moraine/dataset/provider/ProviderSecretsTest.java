package io.moraine.dataset.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.moraine.dataset.LyingBucket;
import io.moraine.dataset.LyingBucket.Conditions;
import io.moraine.dataset.TestBucket;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the secrets of providers are, and where they are not. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ProviderSecretsTest {
  private static final String CANARY = "CanarySecret0123456789abcdefghijklmnopqrs";

  @Inject Pool database;

  private TestTeam team;

  @BeforeEach
  void freshTeam() {
    team = TestTeam.create();
  }

  /** Whatever is logged, with its stack traces. */
  private static final class Log extends Handler {
    private final StringWriter text = new StringWriter();

    @Override
    public synchronized void publish(LogRecord record) {
      text.append(new SimpleFormatter().formatMessage(record)).append('\n');
      if (record.getThrown() != null) {
        record.getThrown().printStackTrace(new PrintWriter(text));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void aSecretIsInNoAnswerAndNoLogAndInNoTable() throws Exception {
    Log log = new Log();
    log.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    root.addHandler(log);
    StringBuilder answers = new StringBuilder();
    try (LyingBucket bucket = new LyingBucket(true, Conditions.HONOURED, CANARY)) {
      String id = TestBucket.provider(team, "canary", bucket.config());
      String path = "/storageProviders/" + id;
      answers.append(team.request().get(path).asString());
      answers.append(team.request().get("/storageProviders").asString());
      answers.append(team.request().body(Map.of()).post(path).asString());
      answers.append(
          team.request()
              .body(Map.of("config", Map.of("secretAccessKey", CANARY + "2")))
              .post(path)
              .asString());
      answers.append(team.request().post(path + "/probe").asString());
      String dataset = TestBucket.dataset(team, "faces", id);
      answers.append(team.request().get("/datasets/" + dataset).asString());
      TestVersion version = TestVersion.open(team, dataset);
      answers.append(version.put("a", new byte[] {1}).asString());
      bucket.close();
      answers.append(version.put("b", new byte[] {2}).asString());
      answers.append(team.request().post(path + "/probe").asString());
      answers.append(
          team.request()
              .body("{\"name\": \"x\", \"config\": {\"secretAccessKey\": [\"" + CANARY + "\"]}}")
              .post("/storageProviders")
              .asString());
      answers.append(
          team.request()
              .body(Map.of("config", Map.of("secretAccessKey", CANARY + " \u00e9")))
              .post(path)
              .asString());
    } finally {
      root.removeHandler(log);
    }

    assertThat(answers.toString()).contains("canary", "********").doesNotContain("CanarySecret");
    assertThat(log.text.toString()).contains("canary").doesNotContain("CanarySecret");
    Row row = row("SELECT secret, provider::text AS whole FROM provider WHERE name = 'canary'");
    assertThat(new String(row.getBuffer("secret").getBytes(), StandardCharsets.ISO_8859_1))
        .doesNotContain("Canary");
    assertThat(row.getString("whole")).doesNotContain("Canary");
  }

  @Test
  void aSecretInAnotherRowOpensNothing() {
    String own = TestBucket.create().providerOf(team, "own");
    String other = TestBucket.create().providerOf(team, "other");
    execute(
        "UPDATE provider SET revision = revision + 1, secret = (SELECT secret FROM provider WHERE id = '%s') WHERE id = '%s'"
            .formatted(other, own));

    team.request()
        .post("/storageProviders/" + own + "/probe")
        .then()
        .statusCode(503)
        .body("type", containsString("provider/secret-unreadable"))
        .body("detail", containsString(own));
    TestVersion version = TestVersion.open(team, TestBucket.dataset(team, "faces", own));
    version
        .put("a", new byte[] {1})
        .then()
        .statusCode(503)
        .body("type", containsString("provider/secret-unreadable"));
    // Given again, it is sealed for its own row.
    team.request()
        .body(Map.of("config", Map.of("secretAccessKey", TestBucket.secretKey())))
        .post("/storageProviders/" + own)
        .then()
        .statusCode(200);
    version.with("a", new byte[] {1}).committed();
    team.request().post("/storageProviders/" + other + "/probe").then().statusCode(200);
  }

  private Row row(String sql) {
    RowSet<Row> rows = database.query(sql).execute().await().atMost(Duration.ofSeconds(10));
    return rows.iterator().next();
  }

  private void execute(String sql) {
    database.query(sql).execute().await().atMost(Duration.ofSeconds(10));
  }
}
