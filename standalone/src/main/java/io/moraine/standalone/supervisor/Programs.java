package io.moraine.standalone.supervisor;

import io.moraine.standalone.home.Settings;
import io.moraine.standalone.server.KafkaServer;
import io.moraine.standalone.server.Leash;
import io.moraine.standalone.server.PostgresServer;
import io.moraine.standalone.server.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The programs of the stack, with the memory each may take. */
public final class Programs {
  /** One collector thread and no compiler threads to spare: seven JVMs share a small machine. */
  private static final List<String> SMALL_JVM =
      List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Dfile.encoding=UTF-8");

  private final Settings settings;

  public Programs(Settings settings) {
    this.settings = settings;
  }

  /** Its postmaster outlives a killed parent, and would answer in the place of the new one. */
  public Program postgres() {
    Program program =
        server(
            "postgres",
            PostgresServer.class,
            // Unpacking PostgreSQL once takes a window of 64 MiB; afterwards this process only
            // waits.
            List.of("-Xmx160m", "-XX:TieredStopAtLevel=1"),
            Probe.postgres(
                settings.port("MORAINE_POSTGRES_PORT"), settings.get("MORAINE_POSTGRES_PASSWORD")));
    return new Program(
        program.name(),
        program.command(),
        program.variables(),
        program.log(),
        program.probe(),
        () -> PostgresServer.stopLeftover(PostgresServer.Config.of(settings)));
  }

  public Program kafka() {
    return server(
        "kafka",
        KafkaServer.class,
        List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
        Probe.kafka(settings.port("MORAINE_KAFKA_PORT")));
  }

  public Program s3() {
    return server(
        "s3",
        S3Server.class,
        List.of("-Xmx384m"),
        Probe.http(URI.create(settings.get("MORAINE_S3_ENDPOINT"))));
  }

  /** What the services need before they start. */
  public List<Program> servers() {
    return List.of(postgres(), kafka(), s3());
  }

  /**
   * A built service.
   *
   * @param name its module, as {@code dataset-service}
   * @param jar its {@code quarkus-run.jar}
   */
  public Program service(String name, Path jar) throws IOException {
    Path leash = settings.home().run().resolve("leash.jar");
    Leash.writeAgent(leash);
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(SMALL_JVM);
    command.addAll(List.of("-Xmx448m", "-javaagent:" + leash, "-jar", jar.toString()));
    return new Program(
        name,
        command,
        settings.variables(),
        settings.home().log(name),
        Probe.ready(url(settings, name)));
  }

  /** Where a service listens. */
  public static URI url(Settings settings, String service) {
    String word = service.substring(0, service.indexOf('-')).toUpperCase(Locale.ROOT);
    return URI.create(settings.get("MORAINE_" + word + "_URL"));
  }

  private Program server(String name, Class<?> main, List<String> memory, Probe probe) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(SMALL_JVM);
    command.addAll(memory);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return new Program(name, command, settings.variables(), settings.home().log(name), probe);
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
