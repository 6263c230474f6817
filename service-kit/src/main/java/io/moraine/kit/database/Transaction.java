package io.moraine.kit.database;

import io.vertx.mutiny.sqlclient.PreparedQuery;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;

/**
 * An open transaction; {@link Database#transaction} alone makes one, so that whatever asks for one
 * (the outbox, a store) cannot run outside. Statements run one after the other.
 */
public final class Transaction {
  private final SqlConnection connection;

  Transaction(SqlConnection connection) {
    this.connection = connection;
  }

  /** A statement of this transaction, prepared once per connection. For stores. */
  public PreparedQuery<RowSet<Row>> preparedQuery(String sql) {
    return connection.preparedQuery(sql);
  }
}
