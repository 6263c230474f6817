package io.moraine.testkit;

import io.moraine.standalone.home.Settings;
import io.moraine.standalone.supervisor.Child;
import io.moraine.standalone.supervisor.Program;
import io.moraine.standalone.supervisor.Programs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A built service as a process of its own against the {@link EmbeddedStack}, started as the
 * supervisor starts it, on the free port that the stack keeps for it; its log is in the stack's
 * {@code logs/}. It can be killed at any point and started again. Not thread-safe.
 */
public final class ServiceProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final Program program;
  private final URI url;
  private Child child;

  private ServiceProcess(Program program, URI url) {
    this.program = program;
    this.url = url;
  }

  /**
   * Starts what {@code mvn package} built of a service and returns when it is ready.
   *
   * @param service its module: {@code dataset-service}, {@code cache-service}, {@code
   *     volume-service}
   */
  public static ServiceProcess start(String service) {
    Path jar = checkout().resolve(service).resolve("target/quarkus-app/quarkus-run.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          service
              + " is not built: "
              + jar
              + " is missing; run mvn -pl "
              + service
              + " -am package.");
    }
    return start(service, jar);
  }

  static ServiceProcess start(String service, Path jar) {
    Settings settings = EmbeddedStack.settings();
    try {
      Program program = new Programs(settings).service(service, jar);
      ServiceProcess process = new ServiceProcess(program, Programs.url(settings, service));
      process.restart();
      return process;
    } catch (IOException e) {
      throw new IllegalStateException(service + " could not be started.", e);
    }
  }

  /** Where it listens; the same after a restart. */
  public URI url() {
    return url;
  }

  public ProcessHandle handle() {
    return child.handle();
  }

  public boolean isAlive() {
    return child.isAlive();
  }

  /** {@code kill -9}; returns when the process is gone. */
  public void kill() {
    uninterrupted(child::kill);
  }

  /** Starts it again and returns when it is ready; ends it first if it still runs. */
  public void restart() {
    if (child != null) {
      close();
    }
    uninterrupted(
        () -> {
          child = Child.start(program);
          child.awaitReady(PATIENCE);
        });
  }

  /** Ends it in order; after a few seconds by force. */
  @Override
  public void close() {
    uninterrupted(() -> child.stop(STOP_PATIENCE));
  }

  private static Path checkout() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("This test does not run inside a checkout of Moraine.");
      }
    }
    return directory;
  }

  private interface Waiting {
    void run() throws IOException, InterruptedException;
  }

  private static void uninterrupted(Waiting work) {
    try {
      work.run();
    } catch (IOException e) {
      throw new IllegalStateException("A service could not be started.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for a service.", e);
    }
  }
}
