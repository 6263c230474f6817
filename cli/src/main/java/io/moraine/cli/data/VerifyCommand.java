package io.moraine.cli.data;

import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets.Resolved;
import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.transfer.Fetch;
import io.moraine.content.transfer.TransferLimits;
import io.moraine.content.transfer.VersionCalls;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.DatasetRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code moraine verify}. */
@Command(
    name = "verify",
    description = {
      "Fetches every byte of a version and hashes it, and the listing too: what it says is what is"
          + " in the bucket now, and it is what was committed.",
      "Writes nothing. Ends with 5 when something is damaged or missing, and names every file that"
          + " is."
    })
public final class VerifyCommand extends DataCommand {
  @Parameters(index = "0", paramLabel = "REF", description = "The version.")
  private DatasetRef ref;

  private final Map<ContentId, IOException> lost = new ConcurrentHashMap<>();

  @Override
  void run() throws IOException, InterruptedException {
    Resolved version = datasets().resolve(ref);
    VersionCalls calls = calls(version.id(), version.version().version());
    List<FileEntry> entries = Listing.of(version, calls);
    Fetch fetch = new Fetch(calls, transport(), TransferLimits.DEFAULT, meter);
    Map<ContentId, PieceList> lists = Listing.pieces(entries, fetch, lost::put);
    Map<ContentId, Fetch.Wanted> wanted = wanted(entries, lists);
    long bytes = wanted.values().stream().mapToLong(Fetch.Wanted::sizeBytes).sum();
    try (Bars bars = Bars.of("verify", meter, entries.size(), bytes)) {
      fetch.fetch(
          wanted.values().iterator(),
          (content, buffer, offset, length) -> meter.bytes(length),
          lost::put);
    }
    List<Damaged> damaged = damaged(entries, lists);
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("dataset", version.id());
    report.put("version", version.version().version());
    report.put("digest", version.version().digest());
    report.put("files", entries.size());
    report.put("contents", wanted.size());
    report.put("bytes", bytes);
    report.put("damaged", damaged);
    String name = version.name() + ":" + version.version().version();
    if (!printed(report)) {
      damaged.forEach(file -> out().println(file.path() + ": " + file.reason()));
    }
    if (!damaged.isEmpty()) {
      throw CommandFailed.damaged(
          String.format(
              Locale.ROOT,
              "%s is damaged: %,d of its %,d files cannot be had whole.",
              name,
              damaged.size(),
              entries.size()),
          null);
    }
    if (!json) {
      out()
          .printf(
              Locale.ROOT,
              "%s is whole: %,d files in %,d contents, %s%n",
              name,
              entries.size(),
              wanted.size(),
              ByteSize.of(bytes));
    }
  }

  private static Map<ContentId, Fetch.Wanted> wanted(
      List<FileEntry> entries, Map<ContentId, PieceList> lists) {
    Map<ContentId, Fetch.Wanted> wanted = new LinkedHashMap<>();
    for (FileEntry entry : entries) {
      if (entry.content().kind() == ContentKind.BLOB) {
        wanted.put(entry.content(), new Fetch.Wanted(entry.content(), entry.sizeBytes()));
      }
    }
    for (PieceList list : lists.values()) {
      for (int i = 0; i < list.pieces().size(); i++) {
        ContentId piece = new ContentId(ContentKind.BLOB, list.pieces().get(i));
        wanted.put(piece, new Fetch.Wanted(piece, list.pieceBytes(i)));
      }
    }
    return wanted;
  }

  /**
   * A file that cannot be had whole.
   *
   * @param content its own, or the piece of it that is lost
   */
  private record Damaged(String path, String content, String reason) {}

  private List<Damaged> damaged(List<FileEntry> entries, Map<ContentId, PieceList> lists) {
    List<Damaged> damaged = new ArrayList<>();
    if (lost.isEmpty()) {
      return damaged;
    }
    for (FileEntry entry : entries) {
      Stream<ContentId> parts =
          lists.containsKey(entry.content())
              ? lists.get(entry.content()).pieces().stream()
                  .map(piece -> new ContentId(ContentKind.BLOB, piece))
              : Stream.of(entry.content());
      parts
          .filter(lost::containsKey)
          .findFirst()
          .ifPresent(
              part ->
                  damaged.add(
                      new Damaged(
                          entry.path().toString(), part.text(), lost.get(part).getMessage())));
    }
    return damaged;
  }
}
