package io.moraine.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.events.cache.OutputCommitted;
import io.moraine.events.run.Outcome;
import io.moraine.testkit.blackbox.Engine;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.RunName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The main job with a kill -9 in the middle of it: exactly one output, nothing left over, no byte
 * wrong.
 */
class CrashTest {
  private static final int FILES = 40;
  private final RunningStack stack = SystemStack.up();
  private final Rest rest = stack.rest();
  private final Datasets datasets = new Datasets(rest);

  @ParameterizedTest(name = "{0} is killed {1}")
  @CsvSource({
    "dataset-service, while the job is prepared",
    "cache-service,   while the job is prepared",
    "volume-service,  while the job is prepared",
    "postgres,        while the job is prepared",
    "kafka,           while the job is prepared",
    "s3,              while the job is prepared",
    "dataset-service, while the output is committed",
    "cache-service,   while the output is committed",
    "volume-service,  while the output is committed",
    "postgres,        while the output is committed",
    "kafka,           while the output is committed",
    "s3,              while the output is committed"
  })
  void theJobIsDoneOnce(String victim, String moment) throws Exception {
    boolean early = moment.equals("while the job is prepared");
    String input = datasets.create("crash-in");
    String output = datasets.create("crash-out");
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < FILES; i++) {
      files.put("d%d/f%03d".formatted(i % 3, i), ("file " + i + " of " + input).getBytes(UTF_8));
    }
    String version = datasets.committed(input, files);

    try (Engine engine = new Engine(stack.settings(), rest);
        EventLog log = new EventLog(stack.settings())) {
      Runs runs = new Runs(rest, engine);
      // Looked up before, so that nothing but the kill comes between.
      ProcessHandle process = stack.process(victim);
      RunName run = runs.start(input + ":latest", output);
      if (early) {
        RunningStack.kill(List.of(process));
      }
      Map<String, Path> mounts = runs.awaitMounts(run);
      Map<String, String> written = work(mounts);
      runs.finish(run, Outcome.SUCCEEDED);
      if (!early) {
        RunningStack.kill(List.of(process));
      }
      JsonNode end = runs.awaitEnd(run, "succeeded");

      JsonNode committed =
          await()
              .atMost(Duration.ofMinutes(1))
              .ignoreExceptions()
              .until(() -> datasets.committedVersions(output), v -> v.size() > 0);
      assertThat(committed).as("versions of the output").hasSize(1);
      String made = committed.get(0).get("version").textValue();
      assertThat(datasets.contents(output, made)).isEqualTo(written);
      assertThat(end.toString()).contains(made).contains(version);
      assertThat(mounts.get("/outputs/scratch")).as("scratch volume").doesNotExist();
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () ->
                  assertThat(log.of(OutputCommitted.class))
                      .filteredOn(e -> e.run().equals(run))
                      .extracting(e -> e.version().text())
                      .containsOnly(made));
      assertThat(log.unreadable()).isEmpty();
      awaitCached(output, made, written);
    }
  }

  /** The job: every input file, as the job sees it, becomes an output file. */
  private static Map<String, String> work(Map<String, Path> mounts) throws Exception {
    Path raw = mounts.get("/inputs/raw");
    Path model = mounts.get("/outputs/model");
    Files.writeString(mounts.get("/outputs/scratch").resolve("note"), "not kept");
    Map<String, String> written = new TreeMap<>();
    try (var files = Files.walk(raw)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = raw.relativize(file).toString().replace('/', '-');
        String text = "made from " + Files.readString(file);
        Files.writeString(model.resolve(name), text);
        written.put(name, text);
      }
    }
    assertThat(written).hasSize(FILES);
    return written;
  }

  private void awaitCached(String dataset, String version, Map<String, String> files) {
    Path cached =
        stack
            .settings()
            .home()
            .shareStorage()
            .resolve(rest.team())
            .resolve("datasets")
            .resolve(dataset)
            .resolve(version);
    await().atMost(Duration.ofMinutes(2)).until(() -> Files.isDirectory(cached));
    files.forEach((path, text) -> assertThat(cached.resolve(path)).hasContent(text));
  }
}
