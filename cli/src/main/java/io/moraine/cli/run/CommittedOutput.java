package io.moraine.cli.run;

import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.Datasets;
import io.moraine.cli.client.Datasets.Dataset;
import io.moraine.cli.client.Datasets.Version;
import io.moraine.cli.client.Runs.Output;
import java.util.Locale;

/** What became of an output, in a line. */
public final class CommittedOutput {
  private CommittedOutput() {}

  /** For example {@code model → faces-model dst…:k3v9x2a (12 files, 34.0 kB), tag candidate}. */
  public static String describe(Output output, Datasets datasets) throws InterruptedException {
    Dataset dataset = datasets.dataset(output.dataset().orElseThrow());
    Version version = datasets.version(dataset.id(), output.version().orElseThrow());
    String line =
        String.format(
            Locale.ROOT,
            "%s → %s %s:%s (%,d files, %s)",
            output.name(),
            dataset.name(),
            dataset.id(),
            version.version(),
            version.files(),
            ByteSize.of(version.bytes()));
    return version.tags().isEmpty() ? line : line + ", tag " + version.tagNames();
  }
}
