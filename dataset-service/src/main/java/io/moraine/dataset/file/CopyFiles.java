package io.moraine.dataset.file;

import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.paging.PathCursor;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionState;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Stages files of a committed version in an open one whose contents lie in the same store: no byte
 * moves. Thread-safe, blocking.
 */
@ApplicationScoped
class CopyFiles {
  private static final int MOST_PATHS = 10_000;

  /**
   * What is to be copied.
   *
   * @param from a ref
   * @param prefix what paths begin with that are copied; all of them without one
   * @param to what stands there instead of the prefix; without one, the prefix
   * @param paths which files, instead of all below the prefix
   */
  record Copy(
      Optional<String> from,
      Optional<String> prefix,
      Optional<String> to,
      Optional<List<FilePath>> paths) {
    Copy {
      if (paths.filter(named -> named.stream().anyMatch(Objects::isNull)).isPresent()) {
        throw new IllegalArgumentException("paths holds a null; leave it out.");
      }
    }
  }

  private final VersionFiles files;
  private final StageFiles stageFiles;

  CopyFiles(VersionFiles files, StageFiles stageFiles) {
    this.files = files;
    this.stageFiles = stageFiles;
  }

  /** How many files were staged. */
  long into(TeamId team, Version version, Copy copy) {
    Version source = source(team, copy);
    if (!source.store().equals(version.store())) {
      throw new FileProblem.OtherStore(source.key(), version.key()).exception();
    }
    String prefix = copy.prefix().orElse("");
    String to = copy.to().orElse(prefix);
    Iterator<FileEntry> entries =
        copy.paths()
            .map(paths -> named(source, prefix, paths))
            .orElseGet(() -> below(source, prefix));
    Function<FileEntry, Change> renamed = entry -> renamed(entry, prefix, to);
    return stageFiles.into(version, new Renamed(entries, renamed)).staged();
  }

  private Version source(TeamId team, Copy copy) {
    String text =
        copy.from()
            .orElseThrow(() -> new RequestProblem.Invalid("from is missing: a ref.").exception());
    Version source = files.version(team, ref(text));
    if (source.state() != VersionState.COMMITTED) {
      throw new FileProblem.SourceNotCommitted(source.key()).exception();
    }
    return source;
  }

  private static DatasetRef ref(String text) {
    try {
      return DatasetRef.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid("from is no ref: " + e.getMessage()).exception();
    }
  }

  private Iterator<FileEntry> named(Version source, String prefix, List<FilePath> paths) {
    if (paths.size() > MOST_PATHS) {
      throw new RequestProblem.Invalid(
              "%d paths are too many for one request; the most is %d."
                  .formatted(paths.size(), MOST_PATHS))
          .exception();
    }
    for (FilePath path : paths) {
      if (!path.toString().startsWith(prefix)) {
        throw new RequestProblem.Invalid(
                path.quoted() + " does not begin with the prefix \"" + prefix + "\".")
            .exception();
      }
    }
    return paths.stream().sorted().map(path -> files.find(source, path)).iterator();
  }

  private Iterator<FileEntry> below(Version source, String prefix) {
    return PathCursor.first(prefix)
        .map(from -> files.walk(source).from(from))
        .map(all -> (Iterator<FileEntry>) new Below(all, prefix))
        .orElse(Collections.emptyIterator());
  }

  private static Change renamed(FileEntry entry, String prefix, String to) {
    String name = to + entry.path().toString().substring(prefix.length());
    try {
      return Change.put(new FileEntry(FilePath.of(name), entry.sizeBytes(), entry.content()));
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid(
              entry.path().quoted() + " cannot be copied to there: " + e.getMessage())
          .exception();
    }
  }

  private record Renamed(Iterator<FileEntry> entries, Function<FileEntry, Change> rename)
      implements Iterator<Change> {
    @Override
    public boolean hasNext() {
      return entries.hasNext();
    }

    @Override
    public Change next() {
      return rename.apply(entries.next());
    }
  }

  /** Ends with the first path that does not begin with the prefix. */
  private static final class Below implements Iterator<FileEntry> {
    private final Iterator<FileEntry> all;
    private final String prefix;
    private FileEntry next;

    Below(Iterator<FileEntry> all, String prefix) {
      this.all = all;
      this.prefix = prefix;
      advance();
    }

    private void advance() {
      FileEntry entry = all.hasNext() ? all.next() : null;
      next = entry != null && entry.path().toString().startsWith(prefix) ? entry : null;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public FileEntry next() {
      if (next == null) {
        throw new NoSuchElementException();
      }
      FileEntry found = next;
      advance();
      return found;
    }
  }
}
