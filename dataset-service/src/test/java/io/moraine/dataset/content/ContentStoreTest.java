package io.moraine.dataset.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.dataset.TestTeam;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Transaction;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** That contents and their provider come and go together, which no foreign key sees to. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ContentStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Inject ContentStore contents;
  @Inject Pool pool;

  @Test
  void aProviderThatHasContentsStays() {
    Store store = newStore();
    record(store).await().atMost(PATIENCE);

    assertThatThrownBy(() -> delete(pool, store).await().atMost(PATIENCE))
        .hasMessageContaining(store.provider().text() + " has contents still");
  }

  @Test
  void aProviderThatIsNoMoreGetsNoContents() {
    Store store = newStore();
    delete(pool, store).await().atMost(PATIENCE);

    assertThatThrownBy(() -> record(store).await().atMost(PATIENCE))
        .hasMessageContaining("There is no provider " + store.provider().text());
  }

  @Test
  void contentsWaitForADeletionThatHasBegun() {
    Store store = newStore();
    SqlConnection deleting = pool.getConnection().await().atMost(PATIENCE);
    Transaction transaction = deleting.begin().await().atMost(PATIENCE);
    delete(deleting, store).await().atMost(PATIENCE);

    CompletableFuture<?> recording = record(store).subscribeAsCompletionStage();
    await().atMost(PATIENCE).until(this::somebodyWaits);
    transaction.commit().await().atMost(PATIENCE);
    deleting.close().await().atMost(PATIENCE);

    assertThatThrownBy(recording::join)
        .hasMessageContaining("There is no provider " + store.provider().text());
  }

  private boolean somebodyWaits() {
    return pool.query(
                """
                SELECT FROM pg_stat_activity
                WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO content %'
                """)
            .execute()
            .await()
            .atMost(PATIENCE)
            .size()
        == 1;
  }

  private Uni<?> record(Store store) {
    Sha256 digest = Sha256.of("contents".getBytes(UTF_8));
    ContentId content = new ContentId(ContentKind.BLOB, digest);
    return contents.record(
        store, List.of(new Location(content, "an object", 0, 8, Optional.of(digest))));
  }

  private Uni<?> delete(SqlClient client, Store store) {
    return client
        .preparedQuery("DELETE FROM provider WHERE id = $1")
        .execute(Tuple.of(store.provider().text()));
  }

  private static Store newStore() {
    TestTeam team = TestTeam.create();
    String provider = team.request().get("/storageProviders").path("[0].id");
    return new Store(new TeamId(team.id()), new ProviderId(provider));
  }
}
