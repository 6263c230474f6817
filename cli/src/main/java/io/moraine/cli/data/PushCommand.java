package io.moraine.cli.data;

import io.moraine.vocabulary.DatasetRef;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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
public final class PushCommand extends PushingCommand {
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
    push(
        new PushTree.Wanted(
            directory,
            dataset,
            tag(dataset, "a push"),
            message == null ? PushReport.origin("Pushed", directory) : message,
            rehash,
            skipLinks));
  }
}
