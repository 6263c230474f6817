package io.moraine.kit.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moraine.events.Event;
import io.moraine.events.Topic;
import io.moraine.events.dataset.DatasetUpdated;
import io.moraine.kit.database.Database;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.EventLog;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class OutboxTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Inject Outbox outbox;
  @Inject Database database;
  @Inject Pool pool;

  private final TeamId team = TeamId.random();
  private final DatasetId dataset = DatasetId.random();
  private EventLog log;

  @BeforeEach
  void read() {
    log = EventLog.of(Topic.DATASETS);
  }

  @AfterEach
  void close() throws InterruptedException {
    log.close();
  }

  @Test
  void whatIsCommittedIsPublishedInOrderWithItsSequence() {
    for (int i = 1; i <= 20; i++) {
      assertThat(append(event("n" + i))).isEqualTo(i);
    }

    awaitPublished(20);
    assertThat(log.events(dataset.text()))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 20).mapToObj(i -> event("n" + i)).toList());
    assertThat(sequences()).isEqualTo(LongStream.rangeClosed(1, 20).boxed().toList());
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(waiting()).isZero());
  }

  @Test
  void whatIsRolledBackIsNeverPublishedAndLeavesNoGap() {
    assertThatThrownBy(
            () ->
                database
                    .transaction(
                        tx ->
                            outbox
                                .append(tx, event("undone"))
                                .chain(
                                    () ->
                                        Uni.createFrom()
                                            .<Void>failure(new IllegalStateException("no"))))
                    .await()
                    .atMost(PATIENCE))
        .hasMessage("no");
    append(event("done"));

    awaitPublished(1);
    assertThat(log.events(dataset.text())).containsExactly(event("done"));
    assertThat(sequences()).containsExactly(1L);
  }

  @Test
  void manyAtOnceOfOneKeyAreOneSequence() {
    Uni.join()
        .all(
            IntStream.range(0, 40)
                .mapToObj(i -> database.transaction(tx -> outbox.append(tx, event("n" + i))))
                .toList())
        .andFailFast()
        .await()
        .atMost(PATIENCE);

    awaitPublished(40);
    assertThat(sequences()).isEqualTo(LongStream.rangeClosed(1, 40).boxed().toList());
  }

  @Test
  void aRowThatACrashLeftBehindIsPublishedAgainAsTheSameEvent() {
    append(event("once"));
    awaitPublished(1);
    EventLog.Entry first = log.of(dataset.text()).get(0);

    // As after a crash between Kafka's acknowledgement and the deletion of the row.
    execute(
        "INSERT INTO outbox (topic, key, event_id, type, sequence, payload) VALUES ('%s', '%s', '%s', '%s', 1, '%s')"
            .formatted(
                Topic.DATASETS.topic(),
                dataset,
                first.headers().id(),
                first.headers().type(),
                "{\"team\": \"%s\", \"dataset\": \"%s\", \"name\": \"once\"}"
                    .formatted(team, dataset)));
    execute("NOTIFY moraine_outbox");

    awaitPublished(2);
    EventLog.Entry second = log.of(dataset.text()).get(1);
    assertThat(second.event()).isEqualTo(first.event());
    assertThat(second.headers().id()).isEqualTo(first.headers().id());
    assertThat(second.headers().sequence()).isEqualTo(first.headers().sequence());
  }

  @Test
  void aRelayWhoseConnectionBreaksGoesOn() {
    append(event("before"));
    awaitPublished(1);
    // Else it would rightly be sent once more.
    await().atMost(Duration.ofSeconds(60)).until(() -> waiting() == 0);

    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    append(event("after"));

    awaitPublished(2);
    assertThat(log.events(dataset.text())).containsExactly(event("before"), event("after"));
  }

  private Event event(String name) {
    return new DatasetUpdated(team, dataset, new DatasetName(name));
  }

  private long append(Event event) {
    return database.transaction(tx -> outbox.append(tx, event)).await().atMost(PATIENCE);
  }

  private void execute(String sql) {
    pool.query(sql).execute().await().atMost(PATIENCE);
  }

  private long waiting() {
    return pool.query("SELECT count(*) FROM outbox")
        .execute()
        .await()
        .atMost(PATIENCE)
        .iterator()
        .next()
        .getLong(0);
  }

  private void awaitPublished(int count) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(log.of(dataset.text())).hasSize(count));
  }

  private List<Long> sequences() {
    return log.of(dataset.text()).stream()
        .map(entry -> entry.headers().sequence().getAsLong())
        .toList();
  }
}
