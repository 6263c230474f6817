package io.moraine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceProcessTest {
  @TempDir Path directory;

  @Test
  void startsAServiceKillsItAndStartsItAgainWhereItWas() throws Exception {
    try (ServiceProcess service = ServiceProcess.start("dataset-service", jar(Ready.class))) {
      long first = service.handle().pid();
      URI url = service.url();

      service.kill();
      assertThat(service.isAlive()).isFalse();
      service.restart();

      assertThat(service.isAlive()).isTrue();
      assertThat(service.handle().pid()).isNotEqualTo(first);
      assertThat(service.url()).isEqualTo(url);
    }
  }

  @Test
  void aServiceThatDiesSaysItsLastWords() throws Exception {
    Path jar = jar(Broken.class);

    assertThatThrownBy(() -> ServiceProcess.start("cache-service", jar))
        .hasMessageContaining("cache-service ended with exit code 3: no such column: x")
        .hasMessageContaining("cache-service.log");
  }

  private Path jar(Class<?> main) throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main.getName());
    Path jar = directory.resolve("quarkus-run.jar");
    String name = main.getName().replace('.', '/') + ".class";
    try (InputStream code = main.getClassLoader().getResourceAsStream(name);
        OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.putNextEntry(new JarEntry(name));
      code.transferTo(out);
    }
    return jar;
  }

  /** Stands for a service: answers its readiness question. */
  static final class Ready {
    public static void main(String[] arguments) throws Exception {
      int port = Integer.parseInt(System.getenv("MORAINE_DATASET_PORT"));
      HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
      server
          .createContext("/q/health/ready")
          .setHandler(
              exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
              });
      server.start();
    }
  }

  /** Stands for a service that cannot start. */
  static final class Broken {
    public static void main(String[] arguments) {
      System.out.println("starting");
      System.out.println("no such column: x");
      System.exit(3);
    }
  }
}
