package io.moraine.cli.data;

import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets.Version;
import io.moraine.vocabulary.DatasetRef;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code moraine log}. */
@Command(name = "log", description = "Lists a dataset's committed versions, the newest first.")
public final class LogCommand extends DataCommand {
  @Parameters(index = "0", paramLabel = "DATASET", description = "By name or id.")
  private DatasetRef dataset;

  @Option(names = "-n", paramLabel = "N", description = "At most so many.")
  private int most = Integer.MAX_VALUE;

  @Override
  void run() throws InterruptedException {
    if (!(dataset.selector() instanceof DatasetRef.Latest)) {
      throw CommandFailed.notFound("The log is a dataset's: give " + dataset.dataset() + " alone.");
    }
    List<Version> versions = datasets().committed(dataset.dataset()).stream().limit(most).toList();
    if (printed(versions)) {
      return;
    }
    for (Version version : versions) {
      String tags = version.tags().isEmpty() ? "" : " [" + version.tagNames() + "]";
      out()
          .printf(
              Locale.ROOT,
              "%s  %s  %,10d files  %10s  %s%s%n",
              version.version(),
              version.dtCommitted().orElse(Instant.EPOCH).truncatedTo(ChronoUnit.SECONDS),
              version.files(),
              ByteSize.of(version.bytes()),
              version.message(),
              tags);
    }
  }
}
