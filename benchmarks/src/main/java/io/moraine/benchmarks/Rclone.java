package io.moraine.benchmarks;

import io.moraine.standalone.home.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The peer for whole directories: rclone copying the same files to the same S3 server. Found on
 * PATH, or where MORAINE_RCLONE says.
 */
final class Rclone {
  /** As it comes: MD5 of each file, and a HEAD behind each PUT. */
  static final List<String> AS_IT_COMES = List.of();

  /** Without what it could do without. */
  private static final List<String> LEAN =
      List.of("--checkers", "16", "--no-check-dest", "--s3-no-head", "--s3-disable-checksum");

  /** For many files: settings among which its best is to be found. */
  static final List<List<String>> FOR_MANY_FILES =
      List.of(lean("--transfers", "4"), lean("--transfers", "16"), lean("--transfers", "64"));

  /** For one large file, which goes in parts: settings among which its best is to be found. */
  static final List<List<String>> FOR_ONE_FILE =
      List.of(
          lean("--s3-upload-concurrency", "4"),
          lean(
              "--s3-upload-concurrency",
              "4",
              "--s3-chunk-size",
              "32M",
              "--multi-thread-streams",
              "4"),
          lean(
              "--s3-upload-concurrency",
              "8",
              "--s3-chunk-size",
              "64M",
              "--multi-thread-streams",
              "8"));

  private final Settings settings;
  private final String program = System.getenv().getOrDefault("MORAINE_RCLONE", "rclone");

  Rclone(Settings settings) {
    this.settings = settings;
  }

  private static List<String> lean(String... more) {
    return Stream.concat(LEAN.stream(), Stream.of(more)).toList();
  }

  /** Whether it is installed. */
  boolean isThere() throws InterruptedException {
    try {
      return new ProcessBuilder(program, "version")
              .redirectErrorStream(true)
              .redirectOutput(new File("/dev/null"))
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Copies {@code from} to {@code to}, one of them a {@link #remote}; returns the seconds. */
  double copy(String from, String to, List<String> settings)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program, "copy", from, to));
    command.addAll(settings);
    command.addAll(List.of("--s3-no-check-bucket", "--config", "/dev/null", "-q"));
    ProcessBuilder process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(new File("/dev/null"));
    // With it set, rclone does not start.
    process.environment().remove("AWS_CA_BUNDLE");
    process
        .environment()
        .putAll(
            Map.of(
                "RCLONE_CONFIG_PEER_TYPE", "s3",
                "RCLONE_CONFIG_PEER_PROVIDER", "Other",
                "RCLONE_CONFIG_PEER_ENDPOINT", this.settings.get("MORAINE_S3_ENDPOINT"),
                "RCLONE_CONFIG_PEER_REGION", this.settings.get("MORAINE_S3_REGION"),
                "RCLONE_CONFIG_PEER_ACCESS_KEY_ID", this.settings.get("MORAINE_S3_ACCESS_KEY"),
                "RCLONE_CONFIG_PEER_SECRET_ACCESS_KEY", this.settings.get("MORAINE_S3_SECRET_KEY"),
                "RCLONE_CONFIG_PEER_FORCE_PATH_STYLE", "true"));
    long start = System.nanoTime();
    int exit = process.start().waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + exit);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** A directory of the bucket. */
  String remote(String prefix) {
    return "peer:" + settings.get("MORAINE_S3_BUCKET") + "/" + prefix;
  }

  /** A local directory. */
  static String local(Path directory) {
    return directory.toAbsolutePath().toString();
  }
}
