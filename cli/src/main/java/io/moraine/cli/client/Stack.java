package io.moraine.cli.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the services are, and the key to show them.
 *
 * @param kafka bootstrap servers
 * @param home {@code $MORAINE_HOME}, when the stack runs on this machine
 * @param shareStorage the region's shared storage as this machine sees it
 */
public record Stack(
    URI datasetService,
    URI volumeService,
    URI cacheService,
    String kafka,
    String apiKey,
    Optional<Path> home,
    Optional<Path> shareStorage) {
  private static final String LOOPBACK = "127.0.0.1:";

  /**
   * Finds each of them: what {@code given} says, else the {@code MORAINE_…} variables, else the
   * ports of a stack on this machine. Fails, naming the way out, when there is no key.
   */
  static Stack find(ConnectionOptions given, Map<String, String> variables) {
    Environment environment = new Environment(variables);
    Optional<Path> home = environment.path("MORAINE_HOME");
    return new Stack(
        service(given.datasetUrl, environment, "MORAINE_DATASET", "8080"),
        service(given.volumeUrl, environment, "MORAINE_VOLUME", "8081"),
        service(given.cacheUrl, environment, "MORAINE_CACHE", "8082"),
        Optional.ofNullable(given.kafka)
            .or(() -> environment.get("MORAINE_KAFKA"))
            .orElseGet(() -> LOOPBACK + environment.get("MORAINE_KAFKA_PORT").orElse("19092")),
        Optional.ofNullable(given.apiKey)
            .or(() -> environment.get("MORAINE_API_KEY"))
            .or(() -> home.map(Stack::adminKey))
            .orElseThrow(
                () ->
                    new CommandFailed(
                        "There is no API key: set MORAINE_API_KEY, or MORAINE_HOME to the directory"
                            + " of a stack on this machine (its admin.key is taken then).")),
        home,
        environment
            .path("MORAINE_SHARE_STORAGE")
            .or(() -> home.map(path -> path.resolve("share-storage"))));
  }

  private static URI service(
      String given, Environment environment, String variable, String defaultPort) {
    String url =
        Optional.ofNullable(given)
            .or(() -> environment.get(variable + "_URL"))
            .orElseGet(
                () ->
                    "http://" + LOOPBACK + environment.get(variable + "_PORT").orElse(defaultPort));
    try {
      URI uri = URI.create(url.replaceAll("/+$", ""));
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, together with what has no host.
    }
    throw new CommandFailed(
        variable + "_URL is \"" + url + "\", which is no URL such as http://127.0.0.1:8080.");
  }

  private static String adminKey(Path home) {
    Path file = home.resolve("admin.key");
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new CommandFailed(
          "There is no API key: MORAINE_API_KEY is not set, and "
              + file
              + " cannot be read. Start the stack with 'moraine up', or set MORAINE_API_KEY.",
          e);
    }
  }

  /** Variables; an empty one counts as absent. */
  private record Environment(Map<String, String> variables) {
    Optional<String> get(String name) {
      return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
    }

    Optional<Path> path(String name) {
      return get(name).map(text -> Path.of(text).toAbsolutePath().normalize());
    }
  }
}
