package io.moraine.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where rounds are written: one JSON line each, and a line on the terminal. Not thread-safe. */
final class Results implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String bench;
  private final Machine machine = Machine.here();
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
    line.put("date", Instant.now().toString());
    line.put("host", machine);
    file.write(JSON.writeValueAsString(line) + "\n");
    file.flush();
    seconds.computeIfAbsent(subject, s -> new ArrayList<>()).add(took);
    System.out.printf("%-28s round %d  %9.3f s  %s%n", subject, round, took, figures);
  }

  /** Median seconds of each subject, and how often the second takes the first's time. */
  @Override
  public void close() throws IOException {
    file.close();
    List<Double> medians = new ArrayList<>();
    seconds.forEach(
        (subject, all) -> {
          List<Double> sorted = all.stream().sorted().toList();
          double median = sorted.get(sorted.size() / 2);
          medians.add(median);
          System.out.printf(
              "%-28s median %.3f s  (%.3f to %.3f, %d rounds)%n",
              subject, median, sorted.get(0), sorted.get(sorted.size() - 1), sorted.size());
        });
    if (medians.size() == 2) {
      System.out.printf("ours runs at %.2f of the peer's speed%n", medians.get(1) / medians.get(0));
    }
  }
}
