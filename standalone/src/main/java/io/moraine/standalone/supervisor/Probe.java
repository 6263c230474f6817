package io.moraine.standalone.supervisor;

import io.moraine.standalone.server.PostgresServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Asks a process, from outside, whether it does its work. Each question takes a few seconds at
 * most.
 */
@FunctionalInterface
public interface Probe {
  Duration PATIENCE = Duration.ofSeconds(3);

  /** One for all: each holds a thread and a selector until it is collected. */
  HttpClient HTTP = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  boolean answers() throws InterruptedException;

  /**
   * Any HTTP answer at all: an S3 server refuses what is not signed, and so shows that it is up.
   */
  static Probe http(URI uri) {
    return () -> status(uri) > 0;
  }

  /** The readiness endpoint of a service says 200. */
  static Probe ready(URI service) {
    URI health = service.resolve("/q/health/ready");
    return () -> status(health) == 200;
  }

  /** The database that is made last takes a connection. */
  static Probe postgres(int port, String password) {
    return () -> {
      if (!accepts(port)) {
        return false;
      }
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setServerNames(new String[] {"127.0.0.1"});
      source.setPortNumbers(new int[] {port});
      source.setDatabaseName(PostgresServer.DATABASES.get(PostgresServer.DATABASES.size() - 1));
      source.setConnectTimeout((int) PATIENCE.toSeconds());
      source.setSocketTimeout((int) PATIENCE.toSeconds());
      try (Connection connection = source.getConnection(PostgresServer.USER, password)) {
        return true;
      } catch (SQLException e) {
        return false;
      }
    };
  }

  /** The broker describes its cluster. */
  static Probe kafka(int port) {
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            "127.0.0.1:" + port,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis(),
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis());
    return () -> {
      if (!accepts(port)) {
        return false;
      }
      try (Admin admin = Admin.create(settings)) {
        return !admin.describeCluster().nodes().get().isEmpty();
      } catch (ExecutionException e) {
        return false;
      }
    };
  }

  private static int status(URI uri) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), (int) PATIENCE.toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
