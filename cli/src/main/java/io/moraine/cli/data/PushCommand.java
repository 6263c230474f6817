package io.moraine.cli.data;

import io.moraine.cli.client.ByteSize;
import io.moraine.content.transfer.TransferMeter;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
            directory, dataset, tag(), message == null ? origin() : message, rehash, skipLinks);
    PushTree.Done done =
        new PushTree(
                datasets(),
                transport(),
                meter,
                Directories.of(System.getenv()).cache(),
                this::say,
                wanted)
            .push();
    if (!printed(json(done))) {
      tell(done, (System.nanoTime() - begin) / 1e9);
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

  private String origin() {
    String name = directory.toAbsolutePath().normalize().toString();
    try {
      return "Pushed from " + InetAddress.getLocalHost().getHostName() + ":" + name;
    } catch (UnknownHostException e) {
      return "Pushed from " + name;
    }
  }

  private Map<String, Object> json(PushTree.Done done) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("dataset", done.dataset().id());
    json.put("name", done.dataset().name());
    json.put("version", done.version().version());
    json.put("isNew", done.isNew());
    json.put("digest", done.version().digest().map(Sha256::hex).orElse(null));
    json.put("files", done.version().files());
    json.put("bytes", done.version().bytes());
    json.put("added", done.added());
    json.put("changed", done.changed());
    json.put("deleted", done.deleted());
    json.put("sent", Sent.of(meter));
    return json;
  }

  /** What went over the network. */
  record Sent(long objects, long bytes, long requests) {
    static Sent of(TransferMeter meter) {
      return new Sent(meter.objectsPut(), meter.bytesPut(), meter.requests());
    }
  }

  private void tell(PushTree.Done done, double seconds) {
    String name = done.dataset().name() + ":" + done.version().version();
    if (!done.isNew()) {
      out()
          .printf(
              Locale.ROOT,
              "Nothing changed: %s has these %,d files.%n",
              name,
              done.version().files());
      return;
    }
    out()
        .printf(
            Locale.ROOT,
            "%s: %,d files, %s; %,d added, %,d changed, %,d deleted; sent %s in %,d objects, %.1f"
                + " s%n",
            name,
            done.version().files(),
            ByteSize.of(done.version().bytes()),
            done.added(),
            done.changed(),
            done.deleted(),
            ByteSize.of(meter.bytesPut()),
            meter.objectsPut(),
            seconds);
  }
}
