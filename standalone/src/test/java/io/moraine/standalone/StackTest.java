package io.moraine.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moraine.standalone.home.FreePorts;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.supervisor.RunningStack;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user gives them, with the three real servers and no service. */
class StackTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final Map<String, String> variables = new HashMap<>();

  @AfterEach
  void down() throws Exception {
    moraine("down");
  }

  @Test
  void whatIsKilledHealsAndWhatWasCommittedStays() throws Exception {
    Home home = new Home(directory.resolve("home"));
    variables.putAll(FreePorts.variables());
    variables.put("MORAINE_HOME", home.root().toString());
    RunningStack running = new RunningStack(home);

    assertThat(moraine("status")).contains("does not run").endsWith("exit 1");
    assertThat(moraine("up", "--detach")).contains("Moraine is up after").endsWith("exit 0");
    assertThat(moraine("up")).contains("already runs").endsWith("exit 0");
    write(home, "CREATE TABLE kept (id int)");
    write(home, "INSERT INTO kept VALUES (1)");

    for (String server : List.of("kafka", "s3", "postgres")) {
      kill(running, server);
    }
    await().atMost(PATIENCE).until(() -> allRestarted(running));
    assertThat(moraine("status")).contains("restarts 1").endsWith("exit 0");
    write(home, "INSERT INTO kept VALUES (2)");

    // Everything at once, PostgreSQL's own processes too; nothing can clean up behind itself.
    List<ProcessHandle> all =
        running.entries().stream()
            .flatMap(entry -> entry.process().stream())
            .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
            .toList();
    all.forEach(ProcessHandle::destroyForcibly);
    assertThat(moraine("up", "--detach")).contains("Moraine is up after").endsWith("exit 0");
    assertThat(count(home)).isEqualTo(2);

    // The supervisor alone: its children end by themselves.
    List<RunningStack.Entry> orphans = running.entries();
    kill(running, RunningStack.SUPERVISOR);
    await().atMost(PATIENCE).until(() -> orphans.stream().allMatch(o -> o.process().isEmpty()));
    assertThat(running.isRunning()).isFalse();
    await().atMost(PATIENCE).until(() -> !Files.exists(home.postgres().resolve("postmaster.pid")));
  }

  @Test
  void aTakenPortIsNamedWithItsVariable() throws Exception {
    variables.putAll(FreePorts.variables());
    variables.put("MORAINE_HOME", directory.resolve("home").toString());
    try (ServerSocket taken =
        new ServerSocket(
            Integer.parseInt(variables.get("MORAINE_KAFKA_PORT")),
            1,
            InetAddress.getByName("127.0.0.1"))) {
      assertThat(moraine("up"))
          .contains("Port " + taken.getLocalPort())
          .contains("set MORAINE_KAFKA_PORT")
          .endsWith("exit 1");
    }
  }

  @Test
  void aHomeThatCannotBeMadeIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    variables.put("MORAINE_HOME", file.resolve("home").toString());

    assertThat(moraine("up")).contains("set MORAINE_HOME to another directory").endsWith("exit 1");
  }

  private static boolean allRestarted(RunningStack running) throws Exception {
    return running.entries().stream()
        .allMatch(
            entry ->
                entry.name().equals(RunningStack.SUPERVISOR)
                    || (entry.restarts() == 1 && entry.ready()));
  }

  private static void kill(RunningStack running, String name) throws Exception {
    running.entries().stream()
        .filter(entry -> entry.name().equals(name))
        .forEach(entry -> entry.process().orElseThrow().destroyForcibly());
  }

  private void write(Home home, String sql) throws Exception {
    try (Connection connection = database(home)) {
      connection.createStatement().execute(sql);
    }
  }

  private int count(Home home) throws Exception {
    try (Connection connection = database(home);
        ResultSet row = connection.createStatement().executeQuery("SELECT count(*) FROM kept")) {
      row.next();
      return row.getInt(1);
    }
  }

  private Connection database(Home home) throws Exception {
    String password = Files.readString(home.secrets().resolve("postgres.password")).strip();
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + variables.get("MORAINE_POSTGRES_PORT") + "/dataset",
        "moraine",
        password);
  }

  /** What the command printed, and how it ended. */
  private String moraine(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dmoraine.checkout=" + directory,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(variables);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return output + "exit " + process.waitFor();
  }
}
