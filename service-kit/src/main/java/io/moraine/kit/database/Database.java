package io.moraine.kit.database;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Function;

/** Where transactions begin. Thread-safe; never blocks. */
@ApplicationScoped
public class Database {
  private final Pool pool;

  Database(Pool pool) {
    this.pool = pool;
  }

  /**
   * Runs {@code work} in a transaction at PostgreSQL's READ COMMITTED: it commits when the Uni
   * gives its item, and everything in it is undone when the Uni fails. Holds one connection of the
   * pool until then, so that work never waits for anything but the database.
   */
  public <T> Uni<T> transaction(Function<Transaction, Uni<T>> work) {
    return pool.withTransaction(connection -> work.apply(new Transaction(connection)));
  }
}
