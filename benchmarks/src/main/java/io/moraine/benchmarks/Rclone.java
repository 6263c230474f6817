package io.moraine.benchmarks;

import io.moraine.standalone.home.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The peer for whole directories: rclone copying the same files to the same S3 server, without the
 * HEADs and MD5s that it could do without. Found on PATH, or where MORAINE_RCLONE says.
 */
final class Rclone {
  /** Its best of these counts. */
  static final List<Integer> TRANSFERS = List.of(4, 16, 64);

  private final Settings settings;
  private final String program = System.getenv().getOrDefault("MORAINE_RCLONE", "rclone");

  Rclone(Settings settings) {
    this.settings = settings;
  }

  /** Copies {@code from} to {@code to}, one of them a {@link #remote}; returns the seconds. */
  double copy(String from, String to, int transfers) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(program, "copy", from, to, "--transfers", "" + transfers));
    command.addAll(
        List.of(
            "--checkers",
            "16",
            "--no-check-dest",
            "--s3-no-head",
            "--s3-disable-checksum",
            "--s3-no-check-bucket",
            "--config",
            "/dev/null",
            "-q"));
    ProcessBuilder process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(new File("/dev/null"));
    process
        .environment()
        .putAll(
            Map.of(
                "RCLONE_CONFIG_PEER_TYPE", "s3",
                "RCLONE_CONFIG_PEER_PROVIDER", "Other",
                "RCLONE_CONFIG_PEER_ENDPOINT", settings.get("MORAINE_S3_ENDPOINT"),
                "RCLONE_CONFIG_PEER_REGION", settings.get("MORAINE_S3_REGION"),
                "RCLONE_CONFIG_PEER_ACCESS_KEY_ID", settings.get("MORAINE_S3_ACCESS_KEY"),
                "RCLONE_CONFIG_PEER_SECRET_ACCESS_KEY", settings.get("MORAINE_S3_SECRET_KEY"),
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
