package io.moraine.dataset.content;

import static io.moraine.dataset.DirectClient.blob;
import static io.moraine.dataset.DirectClient.line;
import static io.moraine.dataset.DirectClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.pack.Pack;
import io.moraine.dataset.DirectClient;
import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestVersion;
import io.moraine.kit.problem.ProblemException;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What puts, pushes and commits do beside a collector (ADR 0009), whose part is played by hand. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ContentRulesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Inject Pool pool;
  @Inject Contents contents;

  @Test
  void whatIsCondemnedIsMissingAndStaysWhereItIsPutAgain() throws Exception {
    TestVersion version = TestVersion.open();
    DirectClient client = new DirectClient(version);
    byte[] bytes = bytes("wanted again " + UUID.randomUUID());
    Pack pack = DirectClient.pack(bytes, bytes("beside it"));
    client.with("pack", pack.bytes());
    condemn(bytes);

    assertThat(client.missing(blob(bytes))).containsExactly(blob(bytes));
    client.with("blob", bytes);

    Row row = content(bytes);
    assertThat(row.getValue("condemned_at")).isNull();
    assertThat(row.getString("object")).contains("/blobs/");
    assertThat(row.getLong("offset_bytes")).isZero();
  }

  @Test
  void stagingAnEntryKeepsWhatIsCondemned() throws Exception {
    DirectClient client = new DirectClient(TestVersion.open());
    byte[] bytes = bytes("kept " + UUID.randomUUID());
    client.with("pack", DirectClient.pack(bytes).bytes());
    condemn(bytes);

    client.stage(line("a", bytes)).statusCode(200);

    assertThat(content(bytes).getValue("condemned_at")).isNull();
    assertThat(client.missing(blob(bytes))).isEmpty();
    forget(bytes);
    client.stage(line("b", bytes)).statusCode(409).body("missing", contains(blob(bytes)));
  }

  @Test
  void aPutStoresAgainWhatIsCondemned() throws Exception {
    TestVersion version = TestVersion.open();
    byte[] bytes = bytes("put again " + UUID.randomUUID());
    version.with("a", bytes);
    condemn(bytes);
    Path object = StoredObjects.find(version.team().id() + "/blobs", Sha256.of(bytes).hex()).get(0);
    Files.delete(object);

    version.with("b", bytes);

    assertThat(content(bytes).getValue("condemned_at")).isNull();
    assertThat(version.request().get(version.file("b")).asByteArray()).isEqualTo(bytes);
  }

  @Test
  void aPutTakesItsObjectBackAndWaitsForADeletionThatHasBegun() throws Exception {
    TestVersion version = TestVersion.open();
    byte[] bytes = bytes("going " + UUID.randomUUID());
    String key =
        "%s/blobs/%s/%s"
            .formatted(
                version.team().id(), Sha256.of(bytes).hex().substring(0, 2), Sha256.of(bytes));
    goingToDelete(version, key, false);

    version.with("a", bytes);
    assertThat(deletions(key)).isZero();

    forget(bytes);
    goingToDelete(version, key, true);
    CompletableFuture<Integer> put =
        CompletableFuture.supplyAsync(() -> version.put("b", bytes).statusCode());
    await().during(Duration.ofMillis(500)).until(() -> !put.isDone());
    assertThat(content(bytes)).isNull();
    query("DELETE FROM object_deletion WHERE object = $1", Tuple.of(key));
    assertThat(put.get()).isEqualTo(200);
  }

  @Test
  void nothingIsRecordedInAnObjectThatIsBeingDeleted() {
    TestVersion version = TestVersion.open();
    byte[] bytes = bytes("too late " + UUID.randomUUID());
    Store store = store(version);
    Location location =
        contents.ownObject(store, new ContentId(ContentKind.BLOB, Sha256.of(bytes)), bytes.length);
    goingToDelete(version, location.object(), true);

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> contents.record(store, List.of(location)))
        .matches(e -> e.problem().status() == 503);

    assertThat(content(bytes)).isNull();
    assertThat(deletions(location.object())).isEqualTo(1);
    query(
        "UPDATE object_deletion SET claimed_at = NULL WHERE object = $1",
        Tuple.of(location.object()));
    contents.record(store, List.of(location, location));
    assertThat(content(bytes)).isNotNull();
    assertThat(deletions(location.object())).isZero();
  }

  @Test
  void aDeletionThatACrashLeftBehindIsTakenBack() {
    TestVersion version = TestVersion.open();
    byte[] bytes = bytes("left behind " + UUID.randomUUID());
    String key = contents.blobObject(store(version).team(), Sha256.of(bytes));
    goingToDelete(version, key, true);
    query(
        "UPDATE object_deletion SET claimed_at = now() - interval '16 minutes' WHERE object = $1",
        Tuple.of(key));

    version.with("a", bytes);
    assertThat(deletions(key)).isZero();
  }

  private static Store store(TestVersion version) {
    String provider = version.team().request().get("/storageProviders").path("[0].id");
    return new Store(new TeamId(version.team().id()), new ProviderId(provider));
  }

  @Test
  void uploadsTakeTheirObjectsBack() throws Exception {
    TestVersion version = TestVersion.open();
    DirectClient client = new DirectClient(version);
    byte[] bytes = bytes("signed " + UUID.randomUUID());
    String key =
        "%s/blobs/%s/%s"
            .formatted(
                version.team().id(), Sha256.of(bytes).hex().substring(0, 2), Sha256.of(bytes));
    goingToDelete(version, key, false);
    client.upload("blob", bytes);
    assertThat(deletions(key)).isZero();

    goingToDelete(version, key, false);
    client.done(List.of(object("blob", bytes))).statusCode(200);
    assertThat(deletions(key)).isZero();
  }

  @Test
  void aCommitWhoseNodesWereCondemnedPutsThemAgain() {
    TestVersion first = TestVersion.open().with("a", bytes("1")).committed();
    String digest = first.commit().extract().path("digest");
    byte[] root = Sha256.ofHex(digest).toBytes();
    query(
        "UPDATE content c SET condemned_at = now() FROM provider p"
            + " WHERE p.id = c.store AND p.team = $2 AND kind = 3 AND digest = $1",
        Tuple.of(Buffer.buffer(root), first.team().id()));

    TestVersion.open(first.team(), first.dataset())
        .with("a", bytes("1"))
        .commit()
        .statusCode(200)
        .body("digest", equalTo(digest));

    Row row =
        query(
                "SELECT condemned_at FROM content c JOIN provider p ON p.id = c.store"
                    + " WHERE p.team = $2 AND kind = 3 AND digest = $1",
                Tuple.of(Buffer.buffer(root), first.team().id()))
            .iterator()
            .next();
    assertThat(row.getValue("condemned_at")).isNull();
  }

  @Test
  void aVersionThatIsPutIntoIsTouchedOnceAnHour() {
    TestVersion version = TestVersion.open();
    for (int i = 0; i < 2; i++) {
      query(
          "UPDATE version SET touched_at = now() - interval '2 hours' WHERE dataset = $1",
          Tuple.of(version.dataset()));
      if (i == 0) {
        version.with("a", bytes("1"));
      } else {
        new DirectClient(version).stage(line("b", bytes("1"))).statusCode(200);
      }
      assertThat(
              query(
                      "SELECT FROM version WHERE dataset = $1 AND touched_at > now() - interval '1 minute'",
                      Tuple.of(version.dataset()))
                  .size())
          .isEqualTo(1);
    }
  }

  private void condemn(byte[] blob) {
    assertThat(
            query(
                    "UPDATE content SET condemned_at = now() WHERE kind = 1 AND digest = $1",
                    key(blob))
                .rowCount())
        .isEqualTo(1);
  }

  private void forget(byte[] blob) {
    query("DELETE FROM content WHERE kind = 1 AND digest = $1", key(blob));
  }

  private Row content(byte[] blob) {
    RowSet<Row> rows = query("SELECT * FROM content WHERE kind = 1 AND digest = $1", key(blob));
    return rows.size() == 0 ? null : rows.iterator().next();
  }

  private void goingToDelete(TestVersion version, String object, boolean claimed) {
    query(
        "INSERT INTO object_deletion (store, object, claimed_at)"
            + " SELECT id, $2, CASE WHEN $3 THEN now() END FROM provider WHERE team = $1",
        Tuple.of(version.team().id(), object, claimed));
  }

  private int deletions(String object) {
    return query("SELECT FROM object_deletion WHERE object = $1", Tuple.of(object)).size();
  }

  private static Tuple key(byte[] blob) {
    return Tuple.of(Buffer.buffer(Sha256.of(blob).toBytes()));
  }

  private RowSet<Row> query(String sql, Tuple parameters) {
    return pool.preparedQuery(sql).execute(parameters).await().atMost(PATIENCE);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
