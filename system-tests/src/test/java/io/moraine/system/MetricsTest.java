package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.events.run.Outcome;
import io.moraine.testkit.blackbox.Engine;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.RunName;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of metrics in the documentation is what the services serve. */
class MetricsTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `(moraine_[a-z_]+)` \\| ([a-z, -]+) \\|.*");

  @ParameterizedTest
  @ValueSource(strings = {"dataset-service", "cache-service", "volume-service"})
  void everyDocumentedMetricIsServed(String service) throws Exception {
    RunningStack stack = SystemStack.up();
    doTheMainJob(stack);
    String word = service.substring(0, service.indexOf('-')).toUpperCase(java.util.Locale.ROOT);
    String base = stack.settings().get("MORAINE_" + word + "_URL");
    String metrics = get(base + "/q/metrics");
    assertThat(new ObjectMapper().readTree(get(base + "/q/health")).get("status").textValue())
        .isEqualTo("UP");
    List<String> documented =
        Files.readAllLines(stack.checkout().resolve("docs/metrics.md")).stream()
            .map(ROW::matcher)
            .filter(row -> row.matches() && row.group(2).contains(service))
            .map(row -> row.group(1))
            .toList();
    assertThat(documented).isNotEmpty().allSatisfy(name -> assertThat(metrics).contains(name));
    assertThat(
            metrics.lines().filter(l -> l.startsWith("# TYPE moraine_")).map(l -> l.split(" ")[2]))
        .as("served but not documented")
        .filteredOn(family -> documented.stream().noneMatch(name -> isOf(name, family)))
        .isEmpty();
  }

  /** A counter's family has no _total, a timer has more families than one. */
  private static boolean isOf(String name, String family) {
    return name.equals(family + "_total") || name.equals(family) || (name + "_max").equals(family);
  }

  /** Some metrics exist once there is something to count. */
  private static void doTheMainJob(RunningStack stack) {
    Rest rest = stack.rest();
    Datasets datasets = new Datasets(rest);
    String input = datasets.create("metrics-in");
    String version = datasets.committed(input, Map.of("a", new byte[] {1}));
    datasets.contents(input, version);
    try (Engine engine = new Engine(stack.settings(), rest)) {
      Runs runs = new Runs(rest, engine);
      RunName run = runs.start(input, datasets.create("metrics-out"));
      runs.awaitMounts(run);
      runs.finish(run, Outcome.SUCCEEDED);
      runs.awaitEnd(run, "succeeded");
    }
  }

  private static String get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
