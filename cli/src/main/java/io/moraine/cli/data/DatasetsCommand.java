package io.moraine.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code moraine datasets}. */
@Command(name = "datasets", description = "Lists the team's datasets by name.")
public final class DatasetsCommand extends DataCommand {
  @Override
  void run() throws InterruptedException {
    List<JsonNode> datasets = datasets().list();
    if (printed(datasets)) {
      return;
    }
    for (JsonNode dataset : datasets) {
      out()
          .printf(
              Locale.ROOT,
              "%-15s  %-32s  %s%n",
              dataset.path("id").asText(),
              dataset.path("name").asText(),
              dataset.path("description").asText(""));
    }
  }
}
