package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where dataset-service is and the key to show it, of every command about datasets. */
final class Connection {
  private static final String LOOPBACK = "127.0.0.1";

  /** As long as a transfer's requests are repeated: a restart of the service is ridden out. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "dataset-service (MORAINE_URL; 'moraine config'; the stack on this machine).")
  String url;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description =
          "Whose team it is (MORAINE_API_KEY; 'moraine config'; $MORAINE_HOME/admin.key). Other"
              + " users of this machine can see options: prefer the others.")
  String apiKey;

  /** A place and a key that belong together, and where the place was said, for messages. */
  record Found(URI url, String apiKey, String variable) {
    Datasets datasets() {
      return new Datasets(url, variable, apiKey, PATIENCE);
    }
  }

  Found find() {
    return find(System.getenv(), Configuration.load(Directories.of(System.getenv())));
  }

  /**
   * The place: the option, MORAINE_URL, MORAINE_DATASET_URL, the configuration, else the port of a
   * stack on this machine. The key: the option, MORAINE_API_KEY; the configuration's for the
   * configuration's host only, and the local stack's for this machine only, so that no key is shown
   * to a host that it is not for.
   */
  Found find(Map<String, String> variables, Configuration configuration) {
    URI place =
        Optional.ofNullable(url)
            .or(() -> variable(variables, "MORAINE_URL"))
            .or(() -> variable(variables, "MORAINE_DATASET_URL"))
            .or(configuration::host)
            .map(Connection::uri)
            .orElseGet(
                () ->
                    URI.create(
                        "http://"
                            + LOOPBACK
                            + ":"
                            + variable(variables, "MORAINE_DATASET_PORT").orElse("8080")));
    String key =
        Optional.ofNullable(apiKey)
            .or(() -> variable(variables, "MORAINE_API_KEY"))
            .or(() -> configuration.key().filter(k -> isConfigured(place, configuration)))
            .or(() -> adminKey(place, variables))
            .orElseThrow(
                () ->
                    new CommandFailed(
                        "There is no API key for "
                            + place
                            + ": set MORAINE_API_KEY, or run 'moraine config --host "
                            + place
                            + " --key -'; on the machine of a stack, MORAINE_HOME says where its"
                            + " admin.key is."));
    return new Found(place, key, "MORAINE_URL");
  }

  private static boolean isConfigured(URI place, Configuration configuration) {
    return configuration.host().map(Connection::uri).filter(place::equals).isPresent();
  }

  private static Optional<String> adminKey(URI place, Map<String, String> variables) {
    boolean isHere =
        place.getHost().equals(LOOPBACK)
            || place.getHost().equals("localhost")
            || place.getHost().equals("[::1]");
    if (!isHere) {
      return Optional.empty();
    }
    return variable(variables, "MORAINE_HOME")
        .map(home -> Path.of(home, "admin.key"))
        .filter(Files::isReadable)
        .map(
            file -> {
              try {
                return Files.readString(file).strip();
              } catch (IOException e) {
                throw new CommandFailed(file + " cannot be read: " + e, e);
              }
            });
  }

  private static Optional<String> variable(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /** A host as users write it. */
  static URI uri(String text) {
    try {
      URI uri = URI.create(text.strip().replaceAll("/+$", ""));
      if (uri.getHost() != null && uri.getScheme().startsWith("http")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, together with what has no host.
    }
    throw new CommandFailed(
        "\"" + text + "\" is no URL of dataset-service, such as http://127.0.0.1:8080.");
  }
}
