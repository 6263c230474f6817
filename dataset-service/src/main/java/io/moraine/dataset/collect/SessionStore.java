package io.moraine.dataset.collect;

import io.moraine.dataset.content.Store;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.pgclient.PgConnection;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgConnectOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Opens the connections that runs work on. */
@ApplicationScoped
class SessionStore {
  /** One statement's longest time: a batch, or the scan of all that is staged. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final String LOCK =
      "SELECT pg_try_advisory_lock(hashtext('moraine.collect'), hashtext($1)) AS taken";

  private final Vertx vertx;
  private final PgConnectOptions options;

  SessionStore(
      Vertx vertx,
      @ConfigProperty(name = "quarkus.datasource.reactive.url") String url,
      @ConfigProperty(name = "quarkus.datasource.username") String user,
      @ConfigProperty(name = "quarkus.datasource.password") String password) {
    this.vertx = vertx;
    this.options =
        PgConnectOptions.fromUri(url)
            .setUser(user)
            .setPassword(password)
            .setCachePreparedStatements(true);
  }

  /** Begins the one run of {@code store}; none while there is another, in whatever process. */
  Optional<Session> begin(Store store) {
    Session session = open();
    boolean taken = false;
    try {
      taken =
          session
              .rows(LOCK, Tuple.of(store.provider().text()))
              .findFirst()
              .orElseThrow()
              .getBoolean("taken");
    } finally {
      if (!taken) {
        session.close();
      }
    }
    return taken ? Optional.of(session) : Optional.empty();
  }

  /** A connection for somebody who only looks. */
  Session open() {
    return new Session(PgConnection.connect(vertx, options).await().atMost(PATIENCE));
  }

  /**
   * A connection of its own: with it go the lock and the temporary tables of a run, however it
   * ends. Blocking; not thread-safe.
   */
  static final class Session implements AutoCloseable {
    private final PgConnection connection;

    private Session(PgConnection connection) {
      this.connection = connection;
    }

    void run(String sql) {
      connection.query(sql).execute().await().atMost(PATIENCE);
    }

    RowSet<Row> execute(String sql, Tuple parameters) {
      return connection.preparedQuery(sql).execute(parameters).await().atMost(PATIENCE);
    }

    Stream<Row> rows(String sql, Tuple parameters) {
      return StreamSupport.stream(execute(sql, parameters).spliterator(), false);
    }

    <T> T transaction(Supplier<T> work) {
      run("BEGIN");
      try {
        T result = work.get();
        run("COMMIT");
        return result;
      } catch (RuntimeException e) {
        run("ROLLBACK");
        throw e;
      }
    }

    @Override
    public void close() {
      connection.close().await().atMost(PATIENCE);
    }
  }

  static Tuple tuple(io.vertx.sqlclient.Tuple plain) {
    return Tuple.newInstance(plain);
  }

  static String[] texts(List<String> texts) {
    return texts.toArray(String[]::new);
  }
}
