package io.moraine.cli.data;

import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Imports;
import io.moraine.cli.client.Imports.Import;
import io.moraine.cli.client.Imports.Progress;
import io.moraine.cli.client.Patience;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.ImportId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code moraine import}. */
@Command(
    name = "import",
    description = {
      "Makes what SOURCE has a version of a dataset, which is made when it is not there. SOURCE is"
          + " an http(s) URL of a file or of an archive (tar, tar.gz, zip), s3://BUCKET/PREFIX,"
          + " git+https://HOST/REPOSITORY, or a directory of this machine.",
      "The service fetches by itself: Ctrl-C leaves it going on. An import's id as SOURCE shows"
          + " that import until its end."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  moraine import https://example.org/faces.tar.gz faces:raw",
      "  moraine import s3://faces/2024/ faces --endpoint https://nyc3.digitaloceanspaces.com"
          + " --aws-keys",
      "  moraine import git+https://github.com/ada/labels labels --ref main",
      "  moraine import im3k9x20c8a1d4 faces --cancel"
    })
public final class ImportCommand extends PushingCommand {
  private static final long LOOK_MILLIS = 300;

  /** A restart of the service is no reason to stop looking. */
  private static final Duration AWAY = Duration.ofMinutes(2);

  @Parameters(index = "0", paramLabel = "SOURCE", description = "Where it comes from.")
  private String source;

  @Parameters(
      index = "1",
      paramLabel = "DATASET[:TAG]",
      description = "The dataset by name or id, and a tag for the version.")
  private DatasetRef dataset;

  @Option(
      names = {"-m", "--message"},
      paramLabel = "MESSAGE",
      description = "What it is; where it came from is added.")
  private String message;

  @Option(
      names = "--on-latest",
      description = "Lay the files over those of the newest version; else they are all it has.")
  private boolean onLatest;

  @Option(
      names = "--into",
      paramLabel = "DIRECTORY",
      description = "Below which directory of the version (default: its root).")
  private String directory;

  @Option(names = "--detach", description = "Begin it, say its id, and do not wait for its end.")
  private boolean detach;

  @Option(names = "--cancel", description = "Cancel the import that SOURCE is the id of.")
  private boolean cancel;

  @ArgGroup(validate = false, heading = "%nOf the source:%n")
  private SourceOptions options = new SourceOptions();

  @Override
  void run() throws IOException, InterruptedException {
    if (cancel && !ImportId.looksLike(source)) {
      throw new ParameterException(
          command.commandLine(), "--cancel takes the id of an import, such as im3k9x20c8a1d4.");
    }
    if (ImportId.looksLike(source)) {
      look(new ImportId(source));
    } else if (SourceOptions.isRemote(source)) {
      fetch();
    } else {
      push();
    }
  }

  private void look(ImportId id) throws InterruptedException {
    Imports imports = datasets().imports();
    Import now =
        cancel ? imports.cancel(dataset.dataset(), id) : imports.find(dataset.dataset(), id);
    tell(follow(imports, now));
  }

  private void fetch() throws InterruptedException {
    Imports.Wanted wanted =
        new Imports.Wanted(
            options.source(source, System.getenv(), command.commandLine()),
            Optional.ofNullable(message),
            tag(dataset, "an import"),
            onLatest,
            Optional.ofNullable(directory));
    Imports imports = datasets().imports();
    Import begun = imports.begin(target(), wanted);
    if (detach) {
      if (!printed(begun.json())) {
        out().println(begun.id());
      }
      return;
    }
    tell(follow(imports, begun));
  }

  /** The dataset, made when it is not there. */
  private String target() throws InterruptedException {
    String name = dataset.dataset();
    if (dataset.namespace().isPresent()) {
      throw CommandFailed.refused(dataset + " is another team's: nothing can be imported into it.");
    }
    return DatasetId.looksLike(name)
        ? name
        : datasets().createOrFind(new DatasetName(name), "").id().text();
  }

  private Import follow(Imports imports, Import begun) throws InterruptedException {
    Thread hint = new Thread(() -> sayHowToLook(begun.id()));
    Runtime.getRuntime().addShutdownHook(hint);
    try {
      return awaitEnd(imports, begun);
    } finally {
      forget(hint);
    }
  }

  private void sayHowToLook(ImportId id) {
    say(
        "%s goes on in the service. Look at it with: moraine import %s %s"
            .formatted(id, id, dataset.dataset()));
  }

  private static void forget(Thread hint) {
    try {
      Runtime.getRuntime().removeShutdownHook(hint);
    } catch (IllegalStateException e) {
      // It is being said.
    }
  }

  private Import awaitEnd(Imports imports, Import begun) throws InterruptedException {
    Import[] now = {begun};
    Bars bars = null;
    try {
      while (!now[0].hasEnded()) {
        Optional<Long> total = now[0].progress().totalBytes();
        if (bars == null && (total.isPresent() || now[0].progress().bytes() > 0)) {
          bars =
              Bars.of(
                  "import",
                  total.orElse(-1L),
                  () -> now[0].progress().bytes(),
                  () -> String.format(" %,d files", now[0].progress().files()));
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        now[0] = Patience.answer(AWAY, () -> imports.find(dataset.dataset(), begun.id()));
      }
      return now[0];
    } finally {
      if (bars != null) {
        bars.close();
      }
    }
  }

  private void tell(Import end) {
    boolean isPrinted = printed(end.json());
    if (end.state().equals("failed")) {
      throw new CommandFailed(
          "%s failed: %s".formatted(end.id(), end.reason().orElse("it does not say why.")));
    }
    if (isPrinted) {
      return;
    }
    Progress progress = end.progress();
    out()
        .println(
            end.version()
                .map(
                    version ->
                        String.format(
                            Locale.ROOT,
                            "%s:%s: %,d files imported, %s fetched",
                            dataset.dataset(),
                            version,
                            progress.files(),
                            ByteSize.of(progress.bytes())))
                .orElse(end.id() + " is cancelled; it made no version."));
  }

  private void push() throws IOException, InterruptedException {
    Path path = Path.of(source);
    if (!Files.isDirectory(path)) {
      throw new ParameterException(
          command.commandLine(),
          source
              + " is neither a directory, nor begins with http://, https://, s3:// or"
              + " git+https://.");
    }
    if (onLatest || directory != null) {
      throw new ParameterException(
          command.commandLine(),
          "--on-latest and --into are not for directories: see 'moraine files put'.");
    }
    String origin = PushReport.origin("Imported", path);
    push(
        new PushTree.Wanted(
            path,
            dataset,
            tag(dataset, "an import"),
            message == null ? origin : message + "\n\n" + origin,
            false,
            options.skipLinks()));
  }
}
