package io.moraine.cli.demo;

import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets;
import io.moraine.cli.client.Datasets.Dataset;
import io.moraine.cli.client.Stack;
import io.moraine.cli.demo.PutVersion.Kept;
import io.moraine.cli.demo.TrainModel.Trained;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.TagName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** The main job, told step by step. Every claim it prints was looked at just before. */
final class Demo {
  private static final TagName FIRST_TAG = new TagName("original");
  private static final TagName SECOND_TAG = new TagName("changed");

  private final Stack stack;
  private final Source source;
  private final Narration narration;
  private final Datasets datasets;
  private final Path home;

  Demo(Stack stack, Source source, Narration narration) {
    this.stack = stack;
    this.source = source;
    this.narration = narration;
    this.datasets = new Datasets(stack);
    this.home =
        stack
            .home()
            .orElseThrow(
                () ->
                    new CommandFailed(
                        "MORAINE_HOME is not set; start the demo with './moraine demo'."));
  }

  /**
   * @param changed an empty directory for the files that the second version changes
   */
  void show(Path changed) throws IOException, InterruptedException {
    introduce();
    Dataset raw = datasets.createOrFind(source.dataset(), "What 'moraine demo' works on");
    Dataset models =
        datasets.createOrFind(
            new DatasetName(source.dataset() + "-model"), "What the demo's runs learnt");
    narration.done("datasets", "%s %s and %s %s", raw.name(), raw.id(), models.name(), models.id());

    PutVersion putVersion = new PutVersion(stack, home, narration);
    Kept first = putVersion.of(source.files(), raw, "As it was", FIRST_TAG);
    Trained trained =
        new TrainModel(stack, narration).from(raw, first.version(), FIRST_TAG, models);

    narration.say("  Then one file of a hundred changes:");
    Change change = Change.of(source, changed);
    Kept second = putVersion.of(change.files(), raw, "One file of a hundred changed", SECOND_TAG);
    narration.done("moved", "%s", moved(change, second));
    farewell(first, trained, models);
  }

  private void introduce() {
    narration.say("Moraine's main job on " + source.title() + ".");
    if (!source.skipped().isEmpty()) {
      narration.say(
          "Skipped: "
              + source.skipped().size()
              + " symbolic links, special files or undecodable names, first "
              + source.skipped().get(0)
              + ".");
    }
  }

  private static String moved(Change change, Kept second) {
    return String.format(
        Locale.ROOT,
        "%,d of %,d files (%s) had changed: %s in %,d objects went to the bucket, tree included,"
            + " %s to the cache",
        change.changedFiles(),
        change.files().size(),
        ByteSize.of(change.changedBytes()),
        ByteSize.of(second.stored().bytes()),
        second.stored().objects(),
        second.fetchedBytes().map(ByteSize::of).orElse("?"));
  }

  private void farewell(Kept first, Trained trained, Dataset models) {
    String key = "-H \"X-API-Key: $(cat " + home.resolve("admin.key") + ")\"";
    narration.say(
        """

        All of it took %.1f s. Where to look:
          the data    %s
          the model   %s
          the notes   %s
        Try next:
          curl %s %s/datasets/%s/versions
          curl %s %s/runs/%s
          ./moraine run --input raw=%s --output model=%s -- sh -c 'ls $MORAINE_INPUTS/raw/ > $MORAINE_OUTPUTS/model/list'
          ./moraine status
          ./moraine down
        """
            .formatted(
                narration.totalSeconds(),
                first.directory(),
                trained.directory(),
                trained.storage().resolve("demo-notes.txt"),
                key,
                stack.datasetService(),
                models.name(),
                key,
                stack.volumeService(),
                trained.run(),
                source.dataset(),
                models.name())
            .stripTrailing());
  }
}
