package io.moraine.benchmarks;

import io.moraine.standalone.home.Settings;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;

/** Counts what a call writes: rows of dataset-service, and objects in the bucket. */
final class Counts implements AutoCloseable {
  /** Updated rows count as written too. */
  private static final String WRITTEN =
      "SELECT sum(n_tup_ins + n_tup_upd) FROM pg_stat_user_tables WHERE relname NOT LIKE 'flyway%'";

  private final Connection connection;
  private final Path buckets;

  Counts(RunningStack stack) throws SQLException {
    Settings settings = stack.settings();
    this.connection =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + settings.get("MORAINE_POSTGRES_PORT") + "/dataset",
            "moraine",
            settings.get("MORAINE_POSTGRES_PASSWORD"));
    this.buckets = stack.home().resolve("s3");
  }

  /** Rows written since the database was made, as of a second ago: connections tell that often. */
  long rows() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(WRITTEN)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Objects that there are. */
  long objects() throws IOException {
    try (Stream<Path> files = Files.walk(buckets)) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
