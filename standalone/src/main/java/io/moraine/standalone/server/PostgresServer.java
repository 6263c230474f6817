package io.moraine.standalone.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.moraine.standalone.home.Durable;
import io.moraine.standalone.home.Environment;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.home.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLState;

/**
 * PostgreSQL as a process of its own, on loopback, with fsync on and passwords checked. Its data
 * stay when it ends. A postmaster that a killed run left behind on the same data is stopped first.
 * What PostgreSQL says goes to the standard output of the process that started it.
 */
public final class PostgresServer implements AutoCloseable {
  /** The one role, which owns every database. */
  public static final String USER = "moraine";

  /** One database per service, as no service reads another's tables. */
  public static final List<String> DATABASES = List.of("dataset", "volume", "cache");

  /** Small enough for a laptop, enough for three services with pools of at most 20 each. */
  private static final List<String> SETTINGS =
      List.of(
          "listen_addresses=127.0.0.1",
          "unix_socket_directories=",
          "fsync=on",
          "synchronous_commit=on",
          "full_page_writes=on",
          "shared_buffers=64MB",
          "max_connections=100",
          "jit=off",
          "timezone=UTC",
          "log_timezone=UTC");

  /** Recovery after a crash replays at most a gigabyte of log. */
  private static final Duration START = Duration.ofMinutes(2);

  /**
   * After a {@code kill -9} of the postmaster its backends hold the shared memory for a moment; a
   * new one refuses to start until they noticed.
   */
  private static final int ATTEMPTS = 6;

  private static final int ORDERLY_STOP_SECONDS = 10;

  /**
   * @param data the data directory, made when missing
   * @param programs where PostgreSQL's programs are unpacked; may be shared
   * @param password of {@link #USER}; fixed when the data directory is made
   */
  public record Config(Path data, Path programs, int port, String password) {
    public static Config of(Settings settings) {
      return new Config(
          settings.home().postgres(),
          settings.home().programs(),
          settings.port("MORAINE_POSTGRES_PORT"),
          settings.get("MORAINE_POSTGRES_PASSWORD"));
    }
  }

  private final Config config;
  private final PostgresPrograms programs;
  private Process postmaster;

  private PostgresServer(Config config, PostgresPrograms programs) {
    this.config = config;
    this.programs = programs;
  }

  /** Returns when every database answers. */
  public static PostgresServer start(Config config) throws IOException, InterruptedException {
    PostgresServer server = new PostgresServer(config, PostgresPrograms.unpack(config.programs()));
    server.initialise();
    server.stopLeftover();
    server.launch();
    try {
      server.createDatabases();
      return server;
    } catch (SQLException e) {
      server.close();
      throw new IOException("PostgreSQL started but its databases could not be made.", e);
    }
  }

  /** Runs until standard input ends, the process is told to stop, or PostgreSQL ends. */
  public static void main(String[] arguments) throws Exception {
    Leash.hold();
    Environment environment = Environment.ofThisProcess();
    Home home = new Home(Path.of(environment.require("MORAINE_HOME")));
    PostgresServer server =
        start(
            new Config(
                home.postgres(),
                home.programs(),
                environment.port("MORAINE_POSTGRES_PORT", 54320),
                environment.require("MORAINE_POSTGRES_PASSWORD")));
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    int exit = server.postmaster.waitFor();
    System.err.println("PostgreSQL ended with exit code " + exit + ".");
    System.exit(exit == 0 ? 0 : 1);
  }

  /** Stops a postmaster that a killed run left behind on this data, if there is one. */
  public static void stopLeftover(Config config) throws IOException, InterruptedException {
    if (Files.exists(config.data().resolve("postmaster.pid"))) {
      new PostgresServer(config, PostgresPrograms.unpack(config.programs())).stopLeftover();
    }
  }

  /** The process that a crash test kills. */
  public ProcessHandle postmaster() {
    return postmaster.toHandle();
  }

  /** Disconnects every client and stops PostgreSQL in order; after a bounded time, by force. */
  @Override
  public void close() {
    try {
      stop();
    } catch (IOException e) {
      System.err.println("PostgreSQL could not be stopped in order: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      postmaster.destroyForcibly();
    }
  }

  /** A data directory is complete when it has its final name. */
  private void initialise() throws IOException, InterruptedException {
    if (Files.exists(config.data().resolve("PG_VERSION"))) {
      return;
    }
    Path unfinished = config.data().resolveSibling(config.data().getFileName() + ".new");
    Durable.delete(unfinished);
    Durable.createDirectories(unfinished.getParent());
    Path password = Files.createTempFile(unfinished.getParent(), "initdb", null);
    try {
      Files.writeString(password, config.password());
      run(
          "initdb",
          List.of(
              "--pgdata=" + unfinished,
              "--username=" + USER,
              "--auth=scram-sha-256",
              "--pwfile=" + password,
              "--encoding=UTF8",
              "--locale=C",
              "--locale-provider=builtin",
              "--builtin-locale=C.UTF-8"));
    } finally {
      Files.delete(password);
    }
    Durable.publish(unfinished, config.data());
  }

  private void stopLeftover() throws IOException, InterruptedException {
    Optional<ProcessHandle> leftover = leftover();
    if (leftover.isEmpty()) {
      return;
    }
    System.err.println(
        "Stopping the PostgreSQL that an earlier run left behind, process "
            + leftover.get().pid()
            + ".");
    stop();
  }

  /** The first line of postmaster.pid may name a process that has nothing to do with us by now. */
  private Optional<ProcessHandle> leftover() throws IOException {
    Path file = config.data().resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String pid = Files.readString(file).lines().findFirst().orElse("").strip();
    if (!pid.matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(pid))
        .filter(
            process ->
                Arrays.asList(process.info().arguments().orElse(new String[0]))
                    .contains(config.data().toString()));
  }

  private void stop() throws IOException, InterruptedException {
    for (String mode : List.of("fast", "immediate")) {
      if (leftover().isEmpty()) {
        return;
      }
      pgCtlStop(mode);
    }
    leftover().ifPresent(ProcessHandle::destroyForcibly);
  }

  private void pgCtlStop(String mode) throws IOException, InterruptedException {
    process(
            "pg_ctl",
            List.of(
                "stop",
                "--wait",
                "--mode=" + mode,
                "--timeout=" + ORDERLY_STOP_SECONDS,
                "--pgdata=" + config.data()))
        .waitFor(ORDERLY_STOP_SECONDS + 5, SECONDS);
  }

  private void launch() throws IOException, InterruptedException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      postmaster = process("postgres", postmasterArguments());
      if (awaitAnswer()) {
        return;
      }
      SECONDS.sleep(1);
    }
    throw new IOException(
        "PostgreSQL did not start in " + ATTEMPTS + " attempts; its own words are above.");
  }

  private List<String> postmasterArguments() {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-D", config.data().toString(), "-p", "" + config.port()));
    SETTINGS.forEach(setting -> arguments.addAll(List.of("-c", setting)));
    return arguments;
  }

  /** False when the postmaster ended; fails when it lives and does not answer in time. */
  private boolean awaitAnswer() throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(START);
    while (Instant.now().isBefore(deadline)) {
      try (Connection connection = connect("postgres")) {
        return true;
      } catch (SQLException e) {
        if (PSQLState.INVALID_PASSWORD.getState().equals(e.getSQLState())) {
          close();
          throw new IOException(
              "PostgreSQL refuses the password of its data in "
                  + config.data()
                  + ": they were made with another MORAINE_POSTGRES_PASSWORD.");
        }
      }
      if (postmaster.waitFor(50, MILLISECONDS)) {
        return false;
      }
    }
    close();
    throw new IOException("PostgreSQL did not answer within " + START.toSeconds() + " s.");
  }

  private void createDatabases() throws SQLException {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      for (String database : DATABASES) {
        boolean exists;
        try (ResultSet found =
            statement.executeQuery(
                "SELECT 1 FROM pg_database WHERE datname = '" + database + "'")) {
          exists = found.next();
        }
        if (!exists) {
          // The file-copy strategy syncs whole directories; the log one only the log.
          statement.execute("CREATE DATABASE " + database + " STRATEGY wal_log");
        }
      }
    }
  }

  private Connection connect(String database) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {config.port()});
    source.setDatabaseName(database);
    source.setConnectTimeout(5);
    source.setSocketTimeout(30);
    return source.getConnection(USER, config.password());
  }

  private void run(String program, List<String> arguments)
      throws IOException, InterruptedException {
    int exit = process(program, arguments).waitFor();
    if (exit != 0) {
      throw new IOException(
          "PostgreSQL's " + program + " failed with exit code " + exit + "; its words are above.");
    }
  }

  private Process process(String program, List<String> arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(programs.command(program, arguments));
    builder.environment().put("LC_ALL", "C.UTF-8");
    // No PG… variable of the user's shell may change what is started.
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.INHERIT);
    return builder.start();
  }
}
