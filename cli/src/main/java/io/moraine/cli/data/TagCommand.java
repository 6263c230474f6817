package io.moraine.cli.data;

import io.moraine.cli.client.Datasets.Resolved;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TagName;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code moraine tag}. */
@Command(
    name = "tag",
    description = "Sets or moves a tag to a committed version; --delete DATASET:TAG removes it.",
    footerHeading = "%nExamples:%n",
    footer = {"  moraine tag faces:latest prod", "  moraine tag --delete faces:prod"})
public final class TagCommand extends DataCommand {
  @Parameters(
      index = "0",
      paramLabel = "REF",
      description = "The version, or with --delete DATASET:TAG.")
  private DatasetRef ref;

  @Parameters(index = "1", arity = "0..1", paramLabel = "TAG", description = "The tag's name.")
  private TagName tag;

  @Option(names = "--delete", description = "Remove the tag; its version stays.")
  private boolean delete;

  @Override
  void run() throws InterruptedException {
    if (delete) {
      delete();
      return;
    }
    if (tag == null) {
      throw new ParameterException(
          command.commandLine(), "TAG is missing: what shall " + ref + " be called?");
    }
    Resolved version = datasets().resolve(ref);
    datasets().tag(version.id(), tag, version.version().version());
    if (!printed(
        Map.of("dataset", version.id(), "tag", tag, "version", version.version().version()))) {
      out().println(version.name() + ":" + tag + " is " + version.version().version() + ".");
    }
  }

  private void delete() throws InterruptedException {
    if (tag != null || !(ref.selector() instanceof DatasetRef.Tagged named)) {
      throw new ParameterException(
          command.commandLine(), "--delete takes DATASET:TAG and no more.");
    }
    datasets().deleteTag(ref.dataset(), named.tag());
    if (!printed(Map.of("deleted", named.tag()))) {
      out().println(ref + " is deleted; its version stays.");
    }
  }
}
