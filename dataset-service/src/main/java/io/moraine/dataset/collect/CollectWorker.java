package io.moraine.dataset.collect;

import io.moraine.dataset.content.Store;
import io.moraine.kit.work.WorkLoop;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;

/** Collects every store as often as the configuration says, one at a time. */
@ApplicationScoped
class CollectWorker {
  private static final int PARALLEL = 1;
  private static final Duration POLL = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The one that has waited longest first; a new store has no garbage yet. */
  private static final String DUE =
      """
      SELECT p.team, p.id FROM provider p LEFT JOIN collection c ON c.store = p.id
      WHERE coalesce(c.started_at, p.created_at) < now() - make_interval(secs => $1)
      ORDER BY coalesce(c.started_at, p.created_at) LIMIT 1
      """;

  private final Pool pool;
  private final CollectConfig config;
  private final Collector collector;
  private final WorkLoop<Store> loop;

  CollectWorker(Pool pool, Collector collector, CollectConfig config) {
    this.pool = pool;
    this.config = config;
    this.collector = collector;
    this.loop = new WorkLoop<>("collector", PARALLEL, POLL, this::due, collector::collectIfChanged);
  }

  private List<Store> due() {
    return pool.preparedQuery(DUE)
        .execute(Tuple.of((double) config.every().toSeconds()))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(
                        row ->
                            new Store(
                                new TeamId(row.getString("team")),
                                new ProviderId(row.getString("id"))))
                    .toList())
        .await()
        .atMost(PATIENCE);
  }

  void start(@Observes StartupEvent start) {
    collector.countFromTheStart();
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
