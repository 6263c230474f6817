package io.moraine.cli.data;

import io.moraine.cli.client.ByteSize;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code moraine verify}. */
@Command(
    name = "verify",
    description = {
      "Fetches every byte of a version and hashes it, and the listing too: what it says is what is"
          + " in the bucket now, and it is what was committed.",
      "Writes nothing. Ends with 5 and names the content when something is damaged."
    })
public final class VerifyCommand extends DataCommand {
  @Parameters(index = "0", paramLabel = "REF", description = "The version.")
  private DatasetRef ref;

  @Override
  void run() throws IOException, InterruptedException {
    Resolved version = datasets().resolve(ref);
    VersionCalls calls = calls(version.id(), version.version().version());
    List<FileEntry> entries = Listing.of(version, calls);
    Fetch fetch = new Fetch(calls, transport(), TransferLimits.DEFAULT, meter);
    Map<ContentId, Fetch.Wanted> wanted = wanted(entries, fetch);
    long bytes = wanted.values().stream().mapToLong(Fetch.Wanted::sizeBytes).sum();
    try (Bars bars = Bars.of("verify", meter, entries.size(), bytes)) {
      fetch.fetch(
          wanted.values().iterator(), (content, buffer, offset, length) -> meter.bytes(length));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("dataset", version.id());
    json.put("version", version.version().version());
    json.put("digest", version.version().digest());
    json.put("files", entries.size());
    json.put("contents", wanted.size());
    json.put("bytes", bytes);
    if (!printed(json)) {
      out()
          .printf(
              Locale.ROOT,
              "%s:%s is whole: %,d files in %,d contents, %s%n",
              version.name(),
              version.version().version(),
              entries.size(),
              wanted.size(),
              ByteSize.of(bytes));
    }
  }

  private static Map<ContentId, Fetch.Wanted> wanted(List<FileEntry> entries, Fetch fetch)
      throws IOException {
    Map<ContentId, Fetch.Wanted> wanted = new LinkedHashMap<>();
    for (FileEntry entry : entries) {
      if (entry.content().kind() == ContentKind.BLOB) {
        wanted.put(entry.content(), new Fetch.Wanted(entry.content(), entry.sizeBytes()));
      }
    }
    for (PieceList list : Listing.pieces(entries, fetch).values()) {
      for (int i = 0; i < list.pieces().size(); i++) {
        ContentId piece = new ContentId(ContentKind.BLOB, list.pieces().get(i));
        wanted.put(piece, new Fetch.Wanted(piece, list.pieceBytes(i)));
      }
    }
    return wanted;
  }
}
