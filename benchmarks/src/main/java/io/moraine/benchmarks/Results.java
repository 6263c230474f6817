package io.moraine.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where rounds are written: one JSON line each, and a line on the terminal. Not thread-safe. */
final class Results implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String bench;
  private final Machine machine = Machine.here();
  private final String commit = commit();
  private final Writer file;
  private final Map<String, List<Double>> seconds = new LinkedHashMap<>();

  Results(String bench) throws IOException {
    this.bench = bench;
    Path directory = Files.createDirectories(Path.of("results"));
    this.file =
        Files.newBufferedWriter(
            directory.resolve(bench + ".jsonl"),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
  }

  /** Writes one counted round of {@code subject}. */
  void round(String subject, int round, double took, Map<String, ?> figures) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("bench", bench);
    line.put("subject", subject);
    line.put("round", round);
    line.put("seconds", took);
    line.putAll(figures);
    line.put("commit", commit);
    line.put("date", Instant.now().toString());
    line.put("host", machine);
    file.write(JSON.writeValueAsString(line) + "\n");
    file.flush();
    seconds.computeIfAbsent(subject, s -> new ArrayList<>()).add(took);
    System.out.printf("%-34s round %d  %9.3f s  %s%n", subject, round, took, figures);
  }

  /** Says how long {@code ours} takes beside {@code peer}: medians of all rounds so far. */
  void compare(String ours, String peer) {
    System.out.printf(
        "%s takes %.2f times as long as %s (medians)%n",
        ours, median(seconds.get(ours)) / median(seconds.get(peer)), peer);
  }

  /** Says the median seconds of each subject. */
  @Override
  public void close() throws IOException {
    file.close();
    seconds.forEach(
        (subject, all) ->
            System.out.printf(
                "%-34s median %.3f s  (%.3f to %.3f, %d rounds)%n",
                subject, median(all), Collections.min(all), Collections.max(all), all.size()));
  }

  private static double median(List<Double> seconds) {
    return seconds.stream().sorted().toList().get(seconds.size() / 2);
  }

  /** Of the checkout that is measured. */
  private static String commit() throws IOException {
    Process git =
        new ProcessBuilder("git", "describe", "--always", "--dirty")
            .redirectErrorStream(true)
            .start();
    return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
