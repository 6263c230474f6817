package io.moraine.standalone;

import io.moraine.standalone.home.Environment;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.home.Secrets;
import io.moraine.standalone.home.Settings;
import io.moraine.standalone.server.PostgresServer;
import io.moraine.standalone.supervisor.ChildFailed;
import io.moraine.standalone.supervisor.Program;
import io.moraine.standalone.supervisor.Programs;
import io.moraine.standalone.supervisor.RunningStack;
import io.moraine.standalone.supervisor.Supervisor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "up", description = "Starts the stack and keeps it alive until Ctrl-C.")
final class Up implements Callable<Integer> {
  private static final List<String> SERVICES =
      List.of("dataset-service", "cache-service", "volume-service");

  /** The servers alone write some 200 MiB before the first dataset. */
  private static final long FREE_BYTES = 1L << 30;

  /** The processes of a killed run end by themselves within this time. */
  private static final Duration LEFTOVERS = Duration.ofSeconds(25);

  @Option(
      names = "--detach",
      description = "Return when everything is ready; the stack goes on in the background.")
  private boolean detach;

  @Override
  public Integer call() throws Exception {
    Home home = Main.home();
    if (detach) {
      return new DetachedUp(home).run();
    }
    Instant start = Instant.now();
    Files.createDirectories(home.root());
    RunningStack running = new RunningStack(home);
    Optional<FileLock> lock = running.take();
    if (lock.isEmpty()) {
      System.out.println("Moraine already runs: see ./moraine status.");
      return 0;
    }
    try {
      Settings settings = prepare(home, running.begin());
      return supervise(settings, running, start);
    } finally {
      lock.get().release();
    }
  }

  private static Settings prepare(Home home, List<RunningStack.Entry> leftovers)
      throws IOException, InterruptedException {
    long free = Files.getFileStore(home.root()).getUsableSpace();
    if (free < FREE_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The disk of MORAINE_HOME (%s) has %d MiB free and %d MiB are needed: make room, or"
                  + " set MORAINE_HOME to another disk.",
              home.root(),
              free >> 20,
              FREE_BYTES >> 20));
    }
    Settings settings = Settings.of(Environment.ofThisProcess(), home, Secrets.of(home));
    Files.createDirectories(home.shareStorage());
    await(leftovers);
    PostgresServer.stopLeftover(PostgresServer.Config.of(settings));
    for (String port : Settings.PORTS.keySet()) {
      requireFree(port, settings.port(port));
    }
    return settings;
  }

  private static int supervise(Settings settings, RunningStack running, Instant start)
      throws IOException {
    Supervisor supervisor = new Supervisor(running, System.out::println);
    Thread stop = new Thread(supervisor::stop, "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      Programs programs = new Programs(settings);
      System.out.println("Starting Moraine in " + settings.home().root());
      supervisor.start(programs.servers());
      List<Program> services = services(programs);
      supervisor.start(services);
      supervisor.up();
      announce(settings, services, Duration.between(start, Instant.now()));
      supervisor.await();
      return 0;
    } catch (ChildFailed e) {
      supervisor.stop();
      throw e;
    }
  }

  private static List<Program> services(Programs programs) throws IOException {
    List<Program> services = new ArrayList<>();
    for (String service : SERVICES) {
      Path jar = Main.checkout().resolve(service).resolve("target/quarkus-app/quarkus-run.jar");
      if (Files.exists(jar)) {
        services.add(programs.service(service, jar.toAbsolutePath()));
      } else {
        System.out.println("  " + service + " is not built and is left out: " + jar);
      }
    }
    return services;
  }

  private static void announce(Settings settings, List<Program> services, Duration took) {
    System.out.printf(Locale.ROOT, "Moraine is up after %.1f s.%n", took.toMillis() / 1000.0);
    for (Program service : services) {
      System.out.printf("  %-16s %s%n", service.name(), Programs.url(settings, service.name()));
    }
    System.out.println("  S3 gateway       " + settings.get("MORAINE_GATEWAY_URL"));
    System.out.println("  S3 server        " + settings.get("MORAINE_S3_ENDPOINT"));
    System.out.println("  Kafka            " + settings.get("MORAINE_KAFKA"));
    System.out.println("  PostgreSQL       127.0.0.1:" + settings.get("MORAINE_POSTGRES_PORT"));
    System.out.println("  admin key        " + settings.home().adminKey());
    System.out.println("  files            " + settings.home().shareStorage());
  }

  private static void await(List<RunningStack.Entry> leftovers)
      throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(LEFTOVERS);
    for (RunningStack.Entry entry : leftovers) {
      Optional<ProcessHandle> leftover = entry.process();
      if (leftover.isEmpty()) {
        continue;
      }
      System.out.println("Waiting for " + entry.name() + " of a killed run to end.");
      long left = Math.max(0, Duration.between(Instant.now(), deadline).toMillis());
      try {
        leftover.get().onExit().get(left, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        leftover.get().destroyForcibly();
      } catch (ExecutionException e) {
        throw new IOException("Waiting for process " + entry.pid() + " failed.", e);
      }
    }
  }

  private static void requireFree(String variable, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Port "
              + port
              + " on 127.0.0.1 is taken by another program: set "
              + variable
              + " to a free port, or stop that program.");
    }
  }
}
