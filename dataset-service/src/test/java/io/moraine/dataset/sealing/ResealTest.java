package io.moraine.dataset.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.moraine.dataset.TestBucket;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.imports.TestImport;
import io.moraine.dataset.imports.WebSource;
import io.moraine.dataset.sealing.SealedStore.Sealed;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.arc.All;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rotation of the key, seen by every feature that has secrets. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ResealTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NEW_KEY = "9 " + "B".repeat(42) + "A=\n";
  private static final int ALL = 100_000;

  @Inject @All List<SealedColumn> columns;
  @Inject SealedStore store;
  @Inject Pool pool;
  @TempDir Path directory;

  private TestTeam team;
  private String oldKey;

  @BeforeEach
  void newWorld() throws IOException {
    team = TestTeam.create();
    oldKey = Files.readString(Path.of(EmbeddedStack.variables().get("MORAINE_PROVIDER_KEY_FILE")));
  }

  @Test
  void whateverAnOlderKeySealedIsSealedAnewForTheSameOwner() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (WebSource web = new WebSource()) {
      web.slow("/slow", "twelve bytes".getBytes(UTF_8), 5, go);
      team.newDataset("faces");
      String provider = TestBucket.create().providerOf(team, "own");
      team.request().body(Map.of("value", "v")).put("/teams/secrets/token").then().statusCode(200);
      String handle =
          team.request().body(Map.of("x", "v")).post("/secrets/ephemeral?expiresIn=600").path("x");
      String hook =
          team.request()
              .body(Map.of("source", Map.of("type", "git", "url", web.url("/g"), "token", "v")))
              .post("/datasets/faces/hooks")
              .path("id");
      TestImport slow =
          TestImport.begin(
              team, "faces", Map.of("type", "url", "url", web.url("/slow"), "token", "v"));
      List<String> owners =
          List.of(
              "storage provider " + provider,
              "secret " + team.id() + "/team/" + team.id() + "/token",
              "ephemeral secret " + team.id() + "/" + handle,
              "hook " + hook,
              "import " + slow.id());
      Sealer rotated = sealer(NEW_KEY + oldKey);
      List<Sealed> before = sealedByOthers(rotated, owners);
      assertThat(before).extracting(Sealed::owner).containsExactlyInAnyOrderElementsOf(owners);

      reseal(before, rotated);

      assertThat(sealedByOthers(rotated, owners)).isEmpty();
      String probe = "/storageProviders/" + provider + "/probe";
      team.request().post(probe).then().statusCode(503);
      Sealer ours = sealer(oldKey);
      List<Sealed> after = sealedByOthers(ours, owners);
      Sealer withoutTheOldKey = sealer(NEW_KEY);
      for (Sealed secret : after) {
        String was = ours.open(bytesOf(before, secret.owner()), secret.owner());
        assertThat(withoutTheOldKey.open(secret.bytes().getBytes(), secret.owner())).isEqualTo(was);
      }
      assertThat(after).hasSameSizeAs(owners);

      reseal(after, sealer(oldKey + NEW_KEY));
      team.request().post(probe).then().statusCode(200);
      go.countDown();
      slow.done();
    } finally {
      go.countDown();
    }
  }

  @Test
  void whatChangedMeanwhileStaysAsItIs() throws Exception {
    team.request().body(Map.of("value", "v")).put("/teams/secrets/token").then().statusCode(200);
    String owner = "secret " + team.id() + "/team/" + team.id() + "/token";
    Sealer rotated = sealer(NEW_KEY + oldKey);
    List<Sealed> before = sealedByOthers(rotated, List.of(owner));
    team.request().body(Map.of("value", "w")).put("/teams/secrets/token").then().statusCode(200);

    reseal(before, rotated);

    List<Sealed> now = sealedByOthers(rotated, List.of(owner));
    assertThat(sealer(oldKey).open(bytesOf(now, owner), owner)).isEqualTo("w");
  }

  @Test
  void whatNobodyCanOpenStays() throws Exception {
    String provider = TestBucket.create().providerOf(team, "own");
    Sealed sealed =
        sealedByOthers(sealer(NEW_KEY + oldKey), List.of("storage provider " + provider)).get(0);
    Sealer wrong = sealer(NEW_KEY);

    assertThatExceptionOfType(UnreadableSecretException.class)
        .isThrownBy(() -> reseal(List.of(sealed), wrong))
        .withMessageContaining(provider);

    assertThat(
            pool.preparedQuery("SELECT FROM provider WHERE id = $1 AND secret = $2")
                .execute(Tuple.of(provider, sealed.bytes()))
                .await()
                .atMost(PATIENCE)
                .size())
        .isEqualTo(1);
  }

  @Test
  void whatNobodyCanOpenKeepsNothingElseWaiting() throws Exception {
    SealedColumn column = new SealedColumn("reseal_test", "secret", "'row ' || id");
    execute("CREATE TABLE reseal_test (id integer, secret bytea)");
    try {
      execute("INSERT INTO reseal_test VALUES (0, '\\x0102030405060708')");
      Sealer ours = sealer(oldKey);
      for (int id = 1; id <= 150; id++) {
        pool.preparedQuery("INSERT INTO reseal_test VALUES ($1, $2)")
            .execute(Tuple.of(id, Buffer.buffer(ours.seal("v", "row " + id))))
            .await()
            .atMost(PATIENCE);
      }
      Sealer rotated = sealer(NEW_KEY + oldKey);

      assertThatExceptionOfType(UnreadableSecretException.class)
          .isThrownBy(() -> new ResealWorker(List.of(column), store, rotated).reseal(column))
          .withMessageContaining("row 0");

      assertThat(
              store
                  .sealedByOthers(column, rotated.newestPrefix(), "", ALL)
                  .await()
                  .atMost(PATIENCE))
          .extracting(Sealed::owner)
          .containsExactly("row 0");
    } finally {
      execute("DROP TABLE reseal_test");
    }
  }

  private void execute(String sql) {
    pool.query(sql).execute().await().atMost(PATIENCE);
  }

  private void reseal(List<Sealed> secrets, Sealer sealer) {
    ResealWorker worker = new ResealWorker(columns, store, sealer);
    secrets.forEach(worker::reseal);
  }

  private List<Sealed> sealedByOthers(Sealer sealer, List<String> owners) {
    return columns.stream()
        .flatMap(
            column ->
                store
                    .sealedByOthers(column, sealer.newestPrefix(), "", ALL)
                    .await()
                    .atMost(PATIENCE)
                    .stream())
        .filter(secret -> owners.contains(secret.owner()))
        .toList();
  }

  private static byte[] bytesOf(List<Sealed> secrets, String owner) {
    return secrets.stream()
        .filter(secret -> secret.owner().equals(owner))
        .map(Sealed::bytes)
        .map(Buffer::getBytes)
        .findFirst()
        .orElseThrow();
  }

  private Sealer sealer(String keys) throws IOException {
    return new Sealer(Files.writeString(directory.resolve("provider.key"), keys));
  }
}
