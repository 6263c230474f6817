package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets.Resolved;
import io.moraine.cli.client.Datasets.Version;
import io.moraine.cli.tree.Stat;
import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.transfer.Fetch;
import io.moraine.content.transfer.LocalFile;
import io.moraine.content.transfer.OpenVersion;
import io.moraine.content.transfer.Push;
import io.moraine.content.transfer.TransferLimits;
import io.moraine.content.transfer.VersionCalls;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code moraine files}: single files of versions. */
@Command(
    name = "files",
    description = "Lists, gets, puts and removes single files of a dataset.",
    subcommands = {
      FilesCommand.ListFiles.class,
      FilesCommand.Get.class,
      FilesCommand.Put.class,
      FilesCommand.Remove.class
    })
public final class FilesCommand {
  /** {@code moraine files list}. */
  @Command(name = "list", description = "Lists the files of a version: size, content, path.")
  static final class ListFiles extends DataCommand {
    @Parameters(index = "0", paramLabel = "REF", description = "The version.")
    private DatasetRef ref;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "PREFIX",
        defaultValue = "",
        description = "Only paths that begin so.")
    private String prefix;

    @Override
    void run() throws IOException, InterruptedException {
      Resolved version = datasets().resolve(ref);
      calls(version.id(), version.version().version()).list(prefix, this::tell);
    }

    private void tell(FileEntry entry) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("path", entry.path().toString());
      line.put("sizeBytes", entry.sizeBytes());
      line.put("content", entry.content().text());
      if (!printed(line)) {
        out()
            .printf(
                Locale.ROOT,
                "%15d  %s…  %s%n",
                entry.sizeBytes(),
                entry.content().sha256().hex().substring(0, 12),
                entry.path());
      }
    }
  }

  /** {@code moraine files get}. */
  @Command(
      name = "get",
      description = "Writes one file of a version to a file, or to standard output.")
  static final class Get extends DataCommand {
    @Parameters(index = "0", paramLabel = "REF", description = "The version.")
    private DatasetRef ref;

    @Parameters(index = "1", paramLabel = "PATH", description = "The file in it.")
    private FilePath path;

    @Parameters(
        index = "2",
        arity = "0..1",
        paramLabel = "FILE",
        description = "Where to write it; not overwritten. Standard output if it is left out.")
    private Path target;

    @Override
    void run() throws IOException, InterruptedException {
      Resolved version = datasets().resolve(ref);
      VersionCalls calls = calls(version.id(), version.version().version());
      FileEntry entry = find(calls, version, path);
      if (target == null) {
        // Not System.out, which keeps its failures to itself.
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
          write(calls, entry, out);
        }
        return;
      }
      if (Files.exists(target)) {
        throw CommandFailed.refused(target + " exists; it is not overwritten.");
      }
      Path fresh =
          target.resolveSibling(target.getFileName() + ".moraine-" + ProcessHandle.current().pid());
      try {
        try (var out = Files.newOutputStream(fresh)) {
          write(calls, entry, out);
        }
        Files.move(fresh, target);
      } finally {
        Files.deleteIfExists(fresh);
      }
    }

    /** In order, each content checked before its bytes are written. */
    private void write(VersionCalls calls, FileEntry entry, OutputStream out) throws IOException {
      Fetch fetch = new Fetch(calls, transport(), TransferLimits.DEFAULT, meter);
      List<Fetch.Wanted> contents = new ArrayList<>();
      if (entry.content().kind() == ContentKind.BLOB) {
        contents.add(new Fetch.Wanted(entry.content(), entry.sizeBytes()));
      } else {
        PieceList list = Listing.pieces(List.of(entry), fetch).get(entry.content());
        for (int i = 0; i < list.pieces().size(); i++) {
          ContentId piece = new ContentId(ContentKind.BLOB, list.pieces().get(i));
          contents.add(new Fetch.Wanted(piece, list.pieceBytes(i)));
        }
      }
      for (Fetch.Wanted content : contents) {
        fetch.fetch(
            List.of(content).iterator(),
            (id, buffer, offset, length) -> out.write(buffer, offset, length));
      }
    }
  }

  private static FileEntry find(VersionCalls calls, Resolved version, FilePath path)
      throws IOException {
    return calls
        .find(path)
        .orElseThrow(
            () ->
                CommandFailed.notFound(
                    version.name()
                        + ":"
                        + version.version().version()
                        + " has no file "
                        + path.quoted()
                        + "."));
  }

  /** What makes a version of the newest one and a change to it. */
  abstract static class Changing extends DataCommand {
    @Parameters(index = "0", paramLabel = "DATASET", description = "By name or id.")
    DatasetRef dataset;

    @Option(
        names = {"-m", "--message"},
        paramLabel = "MESSAGE",
        description = "What changed.")
    String message;

    abstract String defaultMessage();

    /** Stages changes in {@code version}. */
    abstract void change(VersionCalls calls) throws IOException;

    @Override
    void run() throws IOException, InterruptedException {
      if (!(dataset.selector() instanceof DatasetRef.Latest)) {
        throw CommandFailed.refused(
            dataset
                + " is one version, which never changes: give "
                + dataset.dataset()
                + " alone.");
      }
      Resolved latest = datasets().resolve(dataset);
      Version open =
          datasets()
              .openOn(
                  latest.id(),
                  Optional.of(latest.version().version()),
                  message == null ? defaultMessage() : message,
                  List.of());
      try {
        change(calls(latest.id(), open.version()));
      } catch (IOException | RuntimeException e) {
        datasets().abandon(latest.id(), open.version());
        throw e;
      }
      Version version = datasets().commit(latest.id(), open.version());
      if (!printed(version)) {
        out()
            .printf(
                Locale.ROOT,
                "%s:%s: %,d files%n",
                latest.name(),
                version.version(),
                version.files());
      }
    }
  }

  /** {@code moraine files put}. */
  @Command(
      name = "put",
      description = "Makes a version of the newest one with one file put into it.")
  static final class Put extends Changing {
    @Parameters(index = "1", paramLabel = "FILE", description = "The file on this machine.")
    private Path file;

    @Parameters(index = "2", paramLabel = "PATH", description = "Its place in the version.")
    private FilePath path;

    @Override
    String defaultMessage() {
      return "Put " + path;
    }

    @Override
    void change(VersionCalls calls) throws IOException {
      Path real = file.toRealPath();
      Stat stat = Stat.of(real);
      if (stat.type() != Stat.Type.FILE) {
        throw CommandFailed.refused(file + " is no regular file.");
      }
      LocalFile local =
          new LocalFile(path, real, stat.sizeBytes(), stat.modified(), Optional.empty());
      new Push(new OpenVersion(() -> calls), transport(), TransferLimits.DEFAULT, meter)
          .push(List.of(local), List.<FileEntry>of().iterator(), (f, content) -> {});
    }
  }

  /** {@code moraine files rm}. */
  @Command(name = "rm", description = "Makes a version of the newest one without these files.")
  static final class Remove extends Changing {
    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PATH", description = "The files.")
    private List<FilePath> paths;

    @Override
    String defaultMessage() {
      return "Remove "
          + paths.get(0)
          + (paths.size() > 1 ? " and " + (paths.size() - 1) + " more" : "");
    }

    @Override
    void change(VersionCalls calls) throws IOException {
      for (FilePath path : paths) {
        if (calls.find(path).isEmpty()) {
          throw CommandFailed.notFound(dataset.dataset() + " has no file " + path.quoted() + ".");
        }
      }
      calls.stage(paths.stream().distinct().sorted().map(Change::delete).toList());
    }
  }
}
