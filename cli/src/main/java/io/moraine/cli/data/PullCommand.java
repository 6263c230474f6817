package io.moraine.cli.data;

import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets.Resolved;
import io.moraine.content.transfer.Fetch;
import io.moraine.content.transfer.TransferLimits;
import io.moraine.content.transfer.VersionCalls;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code moraine pull}. */
@Command(
    name = "pull",
    description = {
      "Makes DIR hold the files of a version. What is there already is not fetched, and an"
          + " interrupted pull goes on where it was.",
      "A file that was changed here is not overwritten, and nothing is deleted, unless it is asked"
          + " for. Files get the time of the version's commit."
    },
    footerHeading = "%nExample:%n",
    footer = "  moraine pull faces:prod ./faces")
public final class PullCommand extends DataCommand {
  @Parameters(
      index = "0",
      paramLabel = "REF",
      description = "DATASET, DATASET:TAG, DATASET:VERSION or DATASET@sha256:DIGEST.")
  private DatasetRef ref;

  @Parameters(index = "1", paramLabel = "DIR", description = "The directory; made if need be.")
  private Path directory;

  @Option(names = "--force", description = "Overwrite files that were changed here.")
  private boolean force;

  @Option(
      names = "--delete",
      description =
          "Delete files that the version does not have; with --force also those that no version"
              + " had.")
  private boolean delete;

  @Override
  void run() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Resolved version = datasets().resolve(ref);
    Path root = root();
    VersionCalls calls = calls(version.id(), version.version().version());
    List<FileEntry> entries = Listing.of(version, calls);
    Fetch fetch = new Fetch(calls, transport(), TransferLimits.DEFAULT, meter);
    FileTime committed = FileTime.from(version.version().dtCommitted().orElse(Instant.now()));
    TreeMemory memory = new TreeMemory(Directories.of(System.getenv()).cache(), root, this::say);
    PullTree.Done done;
    try (Bars bars = Bars.of("pull", meter, version.version().files(), version.version().bytes())) {
      done =
          new PullTree(memory, fetch, meter, committed)
              .pull(
                  new PullPlan.Wanted(entries, force, delete),
                  version.version().digest().orElseThrow());
    }
    if (!printed(json(version, done))) {
      out()
          .printf(
              Locale.ROOT,
              "%s:%s in %s: %,d files fetched, %,d were there, %,d deleted; %s in %,d requests, %.1f"
                  + " s%n",
              version.name(),
              version.version().version(),
              directory,
              done.fetched(),
              done.unchanged(),
              done.deleted(),
              ByteSize.of(meter.bytesGot()),
              meter.rangesGot(),
              (System.nanoTime() - begin) / 1e9);
    }
  }

  private Path root() throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailed(directory + " is no directory.", e);
    }
    return directory.toRealPath();
  }

  private Map<String, Object> json(Resolved version, PullTree.Done done) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("dataset", version.id());
    json.put("name", version.name());
    json.put("version", version.version().version());
    json.put("digest", version.version().digest().map(Sha256::hex).orElse(null));
    json.put("fetched", done.fetched());
    json.put("unchanged", done.unchanged());
    json.put("deleted", done.deleted());
    json.put("bytesGot", meter.bytesGot());
    json.put("rangesGot", meter.rangesGot());
    return json;
  }
}
