package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tables of calls in the documentation have every route of the OpenAPI documents, and no other.
 */
class CallTableTest {
  private static final String METHODS = "GET|HEAD|POST|PUT|DELETE";

  /** A method, a path, or both; what follows the path is no part of the route. */
  private static final Pattern CALL =
      Pattern.compile("`(?:(" + METHODS + ")(?: |(?=`)))?(/[^` ?]+)?[^`]*`");

  private static final Pattern OPTIONAL = Pattern.compile("\\[([^\\]]+)]");

  private final RunningStack stack = SystemStack.up();

  @ParameterizedTest
  @ValueSource(strings = {"dataset-service", "cache-service", "volume-service"})
  void everyRouteStandsInTheTable(String service) throws IOException {
    Set<String> documented = new TreeSet<>();
    for (String row : rows(service)) {
      documented.addAll(routes(row.split("(?<!\\\\)\\|")[1]));
    }

    assertThat(documented).isEqualTo(served(service));
  }

  private List<String> rows(String service) throws IOException {
    String page = Files.readString(stack.checkout().resolve("docs/architecture.md"));
    String section = page.split("\n### " + service + "\n", 2)[1].split("\n#{2,3} ", 2)[0];
    return section.lines().filter(line -> line.startsWith("| `")).toList();
  }

  /** A method alone is one more for the next path; a path alone has the methods of the last one. */
  private static Set<String> routes(String cell) {
    Set<String> routes = new TreeSet<>();
    List<String> methods = new ArrayList<>();
    boolean used = true;
    Matcher calls = CALL.matcher(cell);
    while (calls.find()) {
      if (calls.group(1) != null) {
        if (used) {
          methods.clear();
        }
        methods.add(calls.group(1));
        used = false;
      }
      if (calls.group(2) != null) {
        used = true;
        for (String method : methods) {
          paths(calls.group(2)).forEach(path -> routes.add(method + " " + path));
        }
      }
    }
    return routes;
  }

  private static List<String> paths(String path) {
    return OPTIONAL.matcher(path).find()
        ? List.of(
            shape(OPTIONAL.matcher(path).replaceAll("")),
            shape(OPTIONAL.matcher(path).replaceAll("$1")))
        : List.of(shape(path));
  }

  /** What parameters are called is each page's own business. */
  private static String shape(String path) {
    return path.replaceAll("\\{[^/]*}", "{}");
  }

  private Set<String> served(String service) throws IOException {
    String word = service.substring(0, service.indexOf('-')).toUpperCase(Locale.ROOT);
    URI document =
        URI.create(stack.settings().get("MORAINE_" + word + "_URL") + "/q/openapi?format=json");
    JsonNode paths = new ObjectMapper().readTree(document.toURL()).get("paths");
    Set<String> served = new TreeSet<>();
    paths
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        name -> {
                          String method = name.toUpperCase(Locale.ROOT);
                          if (method.matches(METHODS)) {
                            served.add(method + " " + shape(path.getKey()));
                          }
                        }));
    assertThat(served).isNotEmpty();
    return served;
  }
}
