package io.moraine.cli.client;

import picocli.CommandLine.Option;

/** The options of every command that speaks to the services. */
public final class ConnectionOptions {
  @Option(
      names = "--dataset-url",
      paramLabel = "URL",
      description = "dataset-service (MORAINE_DATASET_URL; http://127.0.0.1:8080).")
  String datasetUrl;

  @Option(
      names = "--volume-url",
      paramLabel = "URL",
      description = "volume-service (MORAINE_VOLUME_URL; http://127.0.0.1:8081).")
  String volumeUrl;

  @Option(
      names = "--cache-url",
      paramLabel = "URL",
      description = "cache-service (MORAINE_CACHE_URL; http://127.0.0.1:8082).")
  String cacheUrl;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "Kafka's bootstrap servers (MORAINE_KAFKA; 127.0.0.1:19092).")
  String kafka;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description =
          "Whose team it is about (MORAINE_API_KEY; the line in $MORAINE_HOME/admin.key). Other"
              + " users of this machine can see options: prefer the variable.")
  String apiKey;

  /** The stack that the options and this process's variables name. */
  public Stack stack() {
    return Stack.find(this, System.getenv());
  }
}
