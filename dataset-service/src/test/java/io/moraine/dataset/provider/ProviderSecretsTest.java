package io.moraine.dataset.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.LyingBucket;
import io.moraine.dataset.LyingBucket.Conditions;
import io.moraine.dataset.TestBucket;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.dataset.sealing.Sealer;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.ProviderId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the secrets of providers are, and where they are not. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ProviderSecretsTest {
  private static final String CANARY = "CanarySecret0123456789abcdefghijklmnopqrs";

  @Inject Pool database;
  @Inject ResealWorker worker;
  @Inject ProviderSecrets secrets;
  @Inject ProviderStore store;

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

  @Test
  void whatTheNewestKeySealedIsLeftAloneAndWhatNobodyOpensStays() {
    String id = TestBucket.create().providerOf(team, "own");
    byte[] before = sealed(id);
    assertThat(before).startsWith(secrets.newestPrefix());

    worker.reseal(new ProviderId(id));
    byte[] again = sealed(id);
    assertThat(again).isNotEqualTo(before).startsWith(secrets.newestPrefix());
    team.request().post("/storageProviders/" + id + "/probe").then().statusCode(200);

    execute("UPDATE provider SET secret = '\\x0102030405060708' WHERE id = '%s'".formatted(id));
    worker.wake();
    team.request()
        .post("/storageProviders/" + id + "/probe")
        .then()
        .statusCode(503)
        .body("status", equalTo(503));
    assertThat(sealed(id)).startsWith((byte) 1, (byte) 2, (byte) 3);
    execute("DELETE FROM provider WHERE id = '%s'".formatted(id));
  }

  @Test
  void whatAnOlderKeySealedIsSealedAnew(@TempDir Path directory) throws Exception {
    ProviderId id = new ProviderId(TestBucket.create().providerOf(team, "own"));
    String oldKey =
        Files.readString(Path.of(EmbeddedStack.variables().get("MORAINE_PROVIDER_KEY_FILE")));
    String newKey = "9 " + "B".repeat(42) + "A=\n";
    Path file = directory.resolve("provider.key");
    String probe = "/storageProviders/" + id + "/probe";

    ProviderSecrets rotated = secretsOf(Files.writeString(file, newKey + oldKey));
    assertThat(store.sealedByOthers(rotated.newestPrefix()).await().indefinitely())
        .extracting(ProviderStore.Stored::id)
        .contains(id);
    new ResealWorker(store, rotated).reseal(id);

    assertThat(sealed(id.text())).startsWith(rotated.newestPrefix());
    assertThat(secretsOf(Files.writeString(file, newKey)).open(id, own(id)))
        .as("the old key may go")
        .isEqualTo(TestBucket.secretKey());
    team.request().post(probe).then().statusCode(503);
    new ResealWorker(store, secretsOf(Files.writeString(file, oldKey + newKey))).reseal(id);
    team.request().post(probe).then().statusCode(200);
  }

  private ProviderStore.Own own(ProviderId id) {
    return store.find(id).await().indefinitely().orElseThrow().own().orElseThrow();
  }

  private static ProviderSecrets secretsOf(Path file) throws IOException {
    return new ProviderSecrets(new Sealer(file));
  }

  private byte[] sealed(String id) {
    return row("SELECT secret FROM provider WHERE id = '%s'".formatted(id))
        .getBuffer("secret")
        .getBytes();
  }

  private Row row(String sql) {
    RowSet<Row> rows = database.query(sql).execute().await().atMost(Duration.ofSeconds(10));
    return rows.iterator().next();
  }

  private void execute(String sql) {
    database.query(sql).execute().await().atMost(Duration.ofSeconds(10));
  }
}
