package io.moraine.benchmarks;

import io.moraine.standalone.home.Settings;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;

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

  /** Runs a statement, then copies lines to a table. */
  void copy(String before, String copy, InputStream lines) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(before);
    }
    connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy, lines);
  }

  /**
   * Rows written since the database was made: connections tell once a second at most, idle ones
   * later.
   */
  long settledRows() throws SQLException, InterruptedException {
    long before;
    long now = rows();
    do {
      TimeUnit.SECONDS.sleep(2);
      before = now;
      now = rows();
    } while (now != before);
    return now;
  }

  private long rows() throws SQLException {
    return number(WRITTEN);
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Contents that dataset-service knows. */
  long contents() throws SQLException {
    return number("SELECT count(*) FROM content");
  }

  /** Objects that there are. */
  long objects() throws IOException {
    long[] count = {0};
    Files.walkFileTree(
        buckets,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            count[0]++;
            return FileVisitResult.CONTINUE;
          }

          /** It was renamed in the middle of the walk. */
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return count[0];
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
