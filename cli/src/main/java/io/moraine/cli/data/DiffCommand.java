package io.moraine.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.Datasets.Resolved;
import io.moraine.vocabulary.DatasetRef;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code moraine diff}. */
@Command(
    name = "diff",
    description = {
      "Says which files differ between two versions of a dataset: + added, - removed, ~ changed.",
      "With --json, one object a line, then the sums."
    },
    footerHeading = "%nExample:%n",
    footer = "  moraine diff faces:prod faces")
public final class DiffCommand extends DataCommand {
  @Parameters(index = "0", paramLabel = "FROM", description = "The one version.")
  private DatasetRef from;

  @Parameters(index = "1", paramLabel = "TO", description = "The other, of the same dataset.")
  private DatasetRef to;

  @Option(names = "--summary", description = "The sums only.")
  private boolean summary;

  @Override
  void run() throws InterruptedException {
    Resolved a = datasets().resolve(from);
    Resolved b = datasets().resolve(to);
    if (!a.id().equals(b.id())) {
      throw new ParameterException(
          command.commandLine(),
          from + " and " + to + " are of two datasets; a diff is of one dataset's versions.");
    }
    if (!summary) {
      files(a, b);
    }
    JsonNode sums =
        datasets()
            .diff(a.id().text(), a.version().version(), b.version().version(), "?summary=true");
    if (!printed(sums)) {
      out()
          .printf(
              Locale.ROOT,
              "%s added, %s removed, %s changed%n",
              sum(sums.path("added")),
              sum(sums.path("removed")),
              sum(sums.path("changed")));
    }
  }

  private void files(Resolved a, Resolved b) throws InterruptedException {
    String query = "?limit=1000";
    String cursor = "";
    do {
      JsonNode page =
          datasets()
              .diff(a.id().text(), a.version().version(), b.version().version(), query + cursor);
      page.path("items").forEach(this::tell);
      String next = page.path("nextCursor").asText("");
      cursor = next.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
    } while (!cursor.isEmpty());
  }

  private void tell(JsonNode item) {
    if (printed(item)) {
      return;
    }
    String change = item.path("change").asText();
    String mark = change.equals("added") ? "+" : change.equals("removed") ? "-" : "~";
    long before = item.path("from").path("sizeBytes").asLong();
    long after = item.path("to").path("sizeBytes").asLong();
    String size =
        change.equals("changed")
            ? ByteSize.of(before) + " → " + ByteSize.of(after)
            : ByteSize.of(change.equals("added") ? after : before);
    out().printf(Locale.ROOT, "%s %s  (%s)%n", mark, item.path("path").asText(), size);
  }

  private static String sum(JsonNode sum) {
    return String.format(
        Locale.ROOT,
        "%,d files (%s)",
        sum.path("files").asLong(),
        ByteSize.of(sum.path("bytes").asLong()));
  }
}
