package io.moraine.cli.data;

import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TagName;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.ParameterException;

/** What commands share that make a directory of this machine a version. */
abstract class PushingCommand extends DataCommand {
  /** Pushes and says what was done. */
  final void push(PushTree.Wanted wanted) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    PushTree.Done done =
        new PushTree(
                datasets(),
                transport(),
                meter,
                Directories.of(System.getenv()).cache(),
                this::say,
                wanted)
            .push();
    PushReport report = new PushReport(done, meter, (System.nanoTime() - begin) / 1e9);
    if (!printed(report.json())) {
      out().println(report.text());
    }
  }

  /**
   * The tag of a {@code DATASET[:TAG]}; wrong usage when it names a version.
   *
   * @param making what makes one, for people
   */
  final Optional<TagName> tag(DatasetRef dataset, String making) {
    if (dataset.selector() instanceof DatasetRef.Tagged tagged) {
      return Optional.of(tagged.tag());
    }
    if (dataset.selector() instanceof DatasetRef.Latest) {
      return Optional.empty();
    }
    throw new ParameterException(
        command.commandLine(),
        dataset + " names a version: " + making + " makes one. Give DATASET:TAG.");
  }
}
