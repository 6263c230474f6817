package io.moraine.dataset.file;

import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.file.StagedFileStore.Needed;
import io.moraine.dataset.file.StagedFileStore.StagedMany;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionProblem;
import io.moraine.dataset.version.VersionState;
import io.moraine.dataset.version.Versions;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stages entries whose contents the store has, some thousand a statement: while one is under way,
 * the next are read. Each statement stages all of its entries or none, and makes sure that every
 * content is there and as long as its entry says. Thread-safe, blocking; two batches in memory a
 * call.
 */
@ApplicationScoped
public class StageFiles {
  /** How many entries were put and how many deleted. */
  public record Staged(long staged, long deleted) {}

  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private static final StagedMany NOTHING = new StagedMany(true, List.of(), Optional.empty());

  /** A larger batch is not faster, and this one holds its locks for a fraction of a second. */
  private static final int BATCH = 5_000;

  /** A batch ends early that has this many contents to look for: pieces of very large files. */
  private static final int MOST_NEEDED = 20_000;

  private final StagedFileStore store;
  private final Versions versions;
  private final Contents contents;

  StageFiles(StagedFileStore store, Versions versions, Contents contents) {
    this.store = store;
    this.versions = versions;
    this.contents = contents;
  }

  /** Stages {@code changes}, of a path that comes twice the last. What is staged stays. */
  public Staged into(Version version, Iterator<Change> changes) {
    requireOpen(version);
    store.touch(version.key()).await().atMost(DATABASE_PATIENCE);
    CompletableFuture<StagedMany> underWay = CompletableFuture.completedFuture(NOTHING);
    long staged = 0;
    long deleted = 0;
    try {
      while (changes.hasNext()) {
        Batch batch = new Batch(version);
        while (changes.hasNext() && !batch.isFull()) {
          batch.add(changes.next());
        }
        require(version, await(underWay));
        underWay = batch.send();
        staged += batch.puts();
        deleted += batch.deletions();
      }
      require(version, await(underWay));
      return new Staged(staged, deleted);
    } finally {
      // Nothing of a call that was answered, well or badly, may take effect after what follows it.
      underWay
          .exceptionally(failure -> NOTHING)
          .completeOnTimeout(NOTHING, DATABASE_PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .join();
    }
  }

  private static void requireOpen(Version version) {
    if (version.state() != VersionState.OPEN) {
      throw new VersionProblem.NotOpen(version.key(), version.state()).exception();
    }
  }

  private void require(Version version, StagedMany answer) {
    if (!answer.open()) {
      Version now =
          versions
              .find(version.store().team(), version.key().ref())
              .await()
              .atMost(DATABASE_PATIENCE);
      throw new VersionProblem.NotOpen(now.key(), now.state()).exception();
    }
    if (!answer.missing().isEmpty()) {
      throw new FileProblem.ContentsMissing(version.key(), answer.missing()).exception();
    }
    answer
        .wrongSize()
        .ifPresent(
            wrong -> {
              throw new FileProblem.WrongSize(
                      wrong.content(), wrong.claimedBytes(), wrong.storedBytes())
                  .exception();
            });
  }

  private static StagedMany await(CompletableFuture<StagedMany> answer) {
    try {
      return answer.get(DATABASE_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("The database takes too long to stage entries", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while entries were staged", e);
    }
  }

  /** The entries of one statement. */
  private final class Batch {
    private final Version version;
    private final Map<FilePath, Change> changes = new LinkedHashMap<>();
    private final Map<ContentId, Long> needed = new LinkedHashMap<>();
    private long puts;
    private long deletions;

    Batch(Version version) {
      this.version = version;
    }

    boolean isFull() {
      return changes.size() >= BATCH || needed.size() >= MOST_NEEDED;
    }

    void add(Change change) {
      changes.put(change.path(), change);
      Optional<FileEntry> entry = change.entry();
      if (entry.isEmpty()) {
        deletions++;
        return;
      }
      puts++;
      FileEntry file = entry.get();
      if (file.content().kind() == ContentKind.BLOB) {
        need(file.content(), file.sizeBytes());
      } else {
        needPieces(file);
      }
    }

    /** Two entries may claim two sizes for one content: then at least one of them is wrong. */
    private void need(ContentId content, long sizeBytes) {
      Long before = needed.putIfAbsent(content, sizeBytes);
      if (before != null && before != sizeBytes) {
        throw new FileProblem.WrongSize(content, sizeBytes, before).exception();
      }
    }

    /**
     * The list is read here: only it knows the pieces, and the size that they add up to. Without it
     * nothing is staged, even if it comes before the statement: then nobody has looked for them.
     */
    private void needPieces(FileEntry file) {
      Long before = needed.get(file.content());
      int listBytes = PieceList.encodedBytes(file.sizeBytes());
      need(file.content(), listBytes);
      Location at =
          contents.locations(version.store(), List.of(file.content())).get(file.content());
      if (at == null) {
        throw new FileProblem.ContentsMissing(version.key(), List.of(file.content())).exception();
      }
      if (at.sizeBytes() != listBytes) {
        throw new FileProblem.WrongSize(file.content(), listBytes, at.sizeBytes()).exception();
      }
      PieceList list = read(file, listBytes);
      if (list.sizeBytes() != file.sizeBytes()) {
        throw new FileProblem.WrongSize(file.content(), file.sizeBytes(), list.sizeBytes())
            .exception();
      }
      if (before == null) {
        for (int i = 0; i < list.pieces().size(); i++) {
          need(new ContentId(ContentKind.BLOB, list.pieces().get(i)), list.pieceBytes(i));
        }
      }
    }

    private PieceList read(FileEntry file, int listBytes) {
      byte[] bytes = bytes(file, listBytes);
      requireWhole(file, bytes);
      try {
        return PieceList.decode(bytes);
      } catch (FormatException e) {
        throw new FileProblem.NoList(file.content(), e.getMessage()).exception();
      }
    }

    private byte[] bytes(FileEntry file, int listBytes) {
      try (InputStream in = contents.open(version.store(), file.content(), 0, listBytes)) {
        return in.readNBytes(listBytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Else it is not the client who was wrong. */
    private void requireWhole(FileEntry file, byte[] list) {
      if (!Sha256.of(list).equals(file.content().sha256())) {
        throw new FormatException(file.content() + " came damaged from the bucket.");
      }
    }

    CompletableFuture<StagedMany> send() {
      List<Needed> contents =
          needed.entrySet().stream().map(n -> new Needed(n.getKey(), n.getValue())).toList();
      Collection<Change> all = changes.values();
      return store
          .stage(version.key(), version.store(), contents, all)
          .subscribeAsCompletionStage();
    }

    long puts() {
      return puts;
    }

    long deletions() {
      return deletions;
    }
  }
}
