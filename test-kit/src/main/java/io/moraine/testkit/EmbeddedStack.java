package io.moraine.testkit;

import io.moraine.standalone.home.Durable;
import io.moraine.standalone.home.Environment;
import io.moraine.standalone.home.FreePorts;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.home.Secrets;
import io.moraine.standalone.home.Settings;
import io.moraine.standalone.supervisor.Child;
import io.moraine.standalone.supervisor.Program;
import io.moraine.standalone.supervisor.Programs;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * PostgreSQL, Kafka and the S3 server as a user gets them, fsync included, on free ports, once per
 * JVM, with their data in {@code target/} of the module under test. Each test makes a team (and so
 * a world) of its own instead of an empty stack of its own.
 *
 * <p>As {@code @QuarkusTestResource(EmbeddedStack.class)} it gives the application the {@code
 * MORAINE_…} variables as configuration; without Quarkus, {@link #variables()} starts it and
 * returns them. The ports of the three services are free ones too, fixed for the JVM: nothing
 * listens there until a {@link ServiceProcess} does.
 */
public final class EmbeddedStack implements QuarkusTestResourceLifecycleManager {
  /** A slow machine under full load; ten times what it takes here. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  @Override
  public Map<String, String> start() {
    return variables();
  }

  @Override
  public void stop() {
    // The stack lives as long as the JVM: starting it again for each test class costs seconds.
  }

  /** The variables of the running stack; starts it when this is the first call in this JVM. */
  public static Map<String, String> variables() {
    // Quarkus loads this class once per application it starts; the system properties are the one
    // place that all those loaders share. A string, since libraries read every one of them as such.
    synchronized (System.getProperties()) {
      String property = EmbeddedStack.class.getName();
      if (System.getProperty(property) == null) {
        System.setProperty(property, text(startServers().variables()));
      }
      return variables(System.getProperty(property));
    }
  }

  private static String text(Map<String, String> variables) {
    return variables.entrySet().stream()
        .map(variable -> variable.getKey() + "=" + variable.getValue())
        .collect(Collectors.joining("\n"));
  }

  private static Map<String, String> variables(String text) {
    return text.lines()
        .map(line -> line.split("=", 2))
        .collect(Collectors.toUnmodifiableMap(variable -> variable[0], variable -> variable[1]));
  }

  /** The same variables, for starting programs of the stack against it. */
  static Settings settings() {
    Map<String, String> variables = variables();
    return new Settings(new Home(Path.of(variables.get("MORAINE_HOME"))), variables);
  }

  private static Settings startServers() {
    try {
      Settings settings = freshSettings();
      List<Child> children = new ArrayList<>();
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> stopAndForget(children, settings.home())));
      for (Program server : new Programs(settings).servers()) {
        children.add(Child.start(server));
      }
      for (Child child : children) {
        child.awaitReady(PATIENCE);
      }
      return settings;
    } catch (IOException e) {
      throw new IllegalStateException("The servers for tests could not start.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the servers for tests started.", e);
    }
  }

  private static Settings freshSettings() throws IOException {
    Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
    Home home = new Home(Files.createTempDirectory(target, "stack-"));
    Files.createDirectories(home.run());
    Files.createDirectories(home.shareStorage());
    // Unpacking PostgreSQL takes seconds: once for all test runs of a module.
    Files.createSymbolicLink(
        home.programs(), Files.createDirectories(target.resolve("postgres-programs")));
    return Settings.of(new Environment(FreePorts.variables()), home, Secrets.of(home));
  }

  /** The logs stay for whoever looks into a failed test; the data go. */
  private static void stopAndForget(List<Child> children, Home home) {
    try {
      children.forEach(Child::release);
      for (Child child : children) {
        child.stop(STOP_PATIENCE);
      }
      for (Path data : List.of(home.postgres(), home.kafka(), home.s3(), home.shareStorage())) {
        Durable.delete(data);
      }
    } catch (IOException | InterruptedException e) {
      System.err.println(
          "The servers for tests left something behind in " + home.root() + ": " + e);
    }
  }
}
