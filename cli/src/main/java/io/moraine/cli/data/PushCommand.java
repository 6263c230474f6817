package io.moraine.cli.data;

import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TagName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code moraine push}. */
@Command(
    name = "push",
    description = {
      "Makes the files of DIR the newest version of a dataset, which is made when it is not there.",
      "Only what changed is read, and only what the store lacks is sent. When nothing changed, no"
          + " version is made. Names in .moraineignore (as in .gitignore) are left out."
    },
    footerHeading = "%nExample:%n",
    footer = "  moraine push ./faces faces:prod -m 'Without the blurred ones'")
public final class PushCommand extends DataCommand {
  @Parameters(index = "0", paramLabel = "DIR", description = "The directory.")
  private Path directory;

  @Parameters(
      index = "1",
      paramLabel = "DATASET[:TAG]",
      description = "The dataset by name or id, and a tag for the version.")
  private DatasetRef dataset;

  @Option(
      names = {"-m", "--message"},
      paramLabel = "MESSAGE",
      description = "What changed (default: where it was pushed from).")
  private String message;

  @Option(names = "--rehash", description = "Read every file, whatever is remembered of it.")
  private boolean rehash;

  @Option(
      names = "--skip-links",
      description = "Leave symbolic links and special files out; else they are refused by name.")
  private boolean skipLinks;

  @Override
  void run() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    PushTree.Wanted wanted =
        new PushTree.Wanted(
            directory,
            dataset,
            tag(),
            message == null ? PushReport.origin("Pushed", directory) : message,
            rehash,
            skipLinks);
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

  private Optional<TagName> tag() {
    if (dataset.selector() instanceof DatasetRef.Tagged tagged) {
      return Optional.of(tagged.tag());
    }
    if (dataset.selector() instanceof DatasetRef.Latest) {
      return Optional.empty();
    }
    throw new ParameterException(
        command.commandLine(), dataset + " names a version: a push makes one. Give DATASET:TAG.");
  }
}
