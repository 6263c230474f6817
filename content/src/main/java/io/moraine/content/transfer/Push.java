package io.moraine.content.transfer;

import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.transfer.HashAhead.Candidate;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Makes an open version hold the files of this machine: sends the contents that the store lacks and
 * stages what differs from the version's base. The commit is the caller's.
 *
 * <p>Entries are staged some thousands at a time as soon as their contents are there, while others
 * still travel. Every file is read once, its bytes held within {@link
 * TransferLimits#pushMemoryBytes} until they are sent or known to be there; only a large file that
 * has the size it had in the base is hashed first and read again if it is another. Beside that,
 * memory is what changed: some 100 bytes a changed file beyond its path and content, and 50 for
 * each content that was asked about. A file that changes while it is read is a {@link
 * FileChangedException}. A push that failed or was killed may be repeated: what arrived is found
 * and not sent again. One push at a time; blocking; interruptible.
 */
public final class Push {
  /** A content may be collected between being found and being staged, but not time after time. */
  private static final int MOST_ROUNDS = 3;

  private final OpenVersion version;
  private final Transport transport;
  private final TransferLimits limits;
  private final TransferMeter meter;

  /**
   * What was staged.
   *
   * @param changes in the order of their paths
   * @param unchanged files that the base has just so
   * @param replaced files among the changes that the base has with other bytes
   */
  public record Staged(List<Change> changes, long unchanged, long replaced) {}

  public Push(
      OpenVersion version, Transport transport, TransferLimits limits, TransferMeter meter) {
    this.version = version;
    this.transport = transport;
    this.limits = limits;
    this.meter = meter;
  }

  /**
   * Pushes.
   *
   * @param files all that the version is to hold, ascending by path; gone through once more when
   *     contents have to be sent again
   * @param base what it holds now, ascending by path; what is not among {@code files} is deleted
   * @param known is told each file's content as soon as it is known, in order
   */
  public Staged push(
      Iterable<LocalFile> files, Iterator<FileEntry> base, BiConsumer<LocalFile, ContentId> known)
      throws IOException {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Comparison comparison = new Comparison(new Staging(version, thread), known);
      transfer(new Beside(files.iterator(), base, comparison::gone), comparison);
      List<Change> rest = sorted(comparison.staging.finish());
      if (!rest.isEmpty()) {
        stage(rest, files);
      }
      return new Staged(sorted(comparison.changes), comparison.unchanged, comparison.replaced);
    } finally {
      thread.shutdownNow();
    }
  }

  private static List<Change> sorted(List<Change> changes) {
    return changes.stream().sorted(Comparator.comparing(Change::path)).toList();
  }

  /** What differs from the base, staged as contents arrive. */
  private final class Comparison implements Settled {
    private final Staging staging;
    private final BiConsumer<LocalFile, ContentId> known;
    private final List<Change> changes = new ArrayList<>();
    private long unchanged;
    private long replaced;

    Comparison(Staging staging, BiConsumer<LocalFile, ContentId> known) {
      this.staging = staging;
      this.known = known;
    }

    void gone(FilePath path) {
      change(Change.delete(path), 0);
    }

    private void change(Change change, long after) {
      changes.add(change);
      staging.add(change, after);
    }

    @Override
    public void is(Candidate candidate, FileEntry entry, long offered) {
      known.accept(candidate.file(), entry.content());
      meter.file();
      if (candidate.before().filter(entry::equals).isPresent()) {
        unchanged++;
      } else {
        change(Change.put(entry), offered);
        replaced += candidate.before().isPresent() ? 1 : 0;
      }
    }

    @Override
    public void arrived(long count) throws IOException {
      staging.arrived(count);
    }
  }

  private void stage(List<Change> changes, Iterable<LocalFile> files) throws IOException {
    for (int round = 1; ; round++) {
      try {
        version.calls().stage(changes);
        return;
      } catch (CallRefusedException e) {
        if (e.missing().isEmpty() || round == MOST_ROUNDS) {
          throw e;
        }
        sendAgain(changes, files);
      }
    }
  }

  /**
   * Asks about everything once more, since a refusal names some contents only, and sends what was
   * there when it was asked about and is not any more.
   */
  private void sendAgain(List<Change> changes, Iterable<LocalFile> files) throws IOException {
    Iterator<FileEntry> sent = changes.stream().flatMap(c -> c.entry().stream()).iterator();
    transfer(
        new Changed(changes.stream().flatMap(c -> c.entry().stream()).iterator(), files.iterator()),
        (candidate, entry, offered) -> {
          if (!entry.equals(sent.next())) {
            throw new FileChangedException(entry.path(), "its bytes are not those hashed before");
          }
        });
  }

  /** The files of entries that changed; both ascend by path. */
  private static final class Changed implements Iterator<Candidate> {
    private final Iterator<FileEntry> entries;
    private final Iterator<LocalFile> files;

    Changed(Iterator<FileEntry> entries, Iterator<LocalFile> files) {
      this.entries = entries;
      this.files = files;
    }

    @Override
    public boolean hasNext() {
      return entries.hasNext();
    }

    @Override
    public Candidate next() {
      FileEntry entry = entries.next();
      LocalFile file = files.next();
      while (!file.path().equals(entry.path())) {
        file = files.next();
      }
      return new Candidate(file.known(entry.content()), Optional.empty());
    }
  }

  @FunctionalInterface
  private interface Settled {
    /**
     * The content of a file is known.
     *
     * @param offered contents that were to be sent up to and with this file
     */
    void is(Candidate candidate, FileEntry entry, long offered) throws IOException;

    /** The store has the first {@code count} of the contents that were to be sent. */
    default void arrived(long count) throws IOException {}
  }

  private void transfer(Iterator<Candidate> candidates, Settled settled) throws IOException {
    ExecutorService hashing = Executors.newFixedThreadPool(limits.hashThreads());
    ExecutorService sending = Executors.newFixedThreadPool(limits.inFlight());
    Memory memory = new Memory(limits.pushMemoryBytes());
    try {
      Remembering remembered = new Remembering(candidates);
      HashAhead ahead = new HashAhead(remembered, hashing, memory);
      Sending out = new Sending(version, transport, meter, sending, memory);
      Assembly assembly = new Assembly(remembered, out, memory, settled);
      for (List<Hashed> some = ahead.next(); !some.isEmpty(); some = ahead.next()) {
        for (Hashed hashed : some) {
          assembly.add(hashed);
        }
        settled.arrived(out.arrived());
      }
      out.end();
      do {
        settled.arrived(out.arrived());
      } while (out.await());
    } finally {
      hashing.shutdownNow();
      sending.shutdownNow();
    }
  }

  /** The candidates that were taken and are not assembled yet, in order. */
  private static final class Remembering implements Iterator<Candidate> {
    private final Iterator<Candidate> all;
    private final Deque<Candidate> taken = new ArrayDeque<>();

    Remembering(Iterator<Candidate> all) {
      this.all = all;
    }

    @Override
    public boolean hasNext() {
      return all.hasNext();
    }

    @Override
    public Candidate next() {
      taken.add(all.next());
      return taken.getLast();
    }
  }

  /** Puts files together from their parts as these come, in order. */
  private final class Assembly {
    private final Remembering candidates;
    private final Sending out;
    private final Memory memory;
    private final Settled settled;
    private final List<Hashed> parts = new ArrayList<>();
    private final List<Sha256> pieces = new ArrayList<>();

    Assembly(Remembering candidates, Sending out, Memory memory, Settled settled) {
      this.candidates = candidates;
      this.out = out;
      this.memory = memory;
      this.settled = settled;
    }

    void add(Hashed part) throws IOException {
      Candidate candidate = candidates.taken.element();
      LocalFile file = candidate.file();
      if (file.known().isPresent() || PieceList.count(file.sizeBytes()) == 1) {
        FileEntry entry = new FileEntry(file.path(), file.sizeBytes(), part.content());
        if (isUnchanged(candidate, entry)) {
          drop(part);
          meter.bytes(file.sizeBytes());
        } else {
          out.offer(Unsent.of(part));
        }
        settle(candidate, entry);
        return;
      }
      pieces.add(part.content().sha256());
      if (part.bytes().isPresent()) {
        out.offer(Unsent.of(part));
      } else {
        parts.add(part);
      }
      if (part.part().isLast()) {
        endLarge(candidate);
      }
    }

    private void endLarge(Candidate candidate) throws IOException {
      LocalFile file = candidate.file();
      byte[] list = new PieceList(file.sizeBytes(), pieces).encode();
      ContentId content = new ContentId(ContentKind.LIST, Sha256.of(list));
      FileEntry entry = new FileEntry(file.path(), file.sizeBytes(), content);
      if (isUnchanged(candidate, entry)) {
        parts.forEach(this::drop);
        meter.bytes(file.sizeBytes());
      } else {
        for (Hashed part : parts) {
          out.offer(Unsent.of(part));
        }
        out.offer(Unsent.list(content, list));
      }
      parts.clear();
      pieces.clear();
      settle(candidate, entry);
    }

    private boolean isUnchanged(Candidate candidate, FileEntry entry) {
      return candidate.before().filter(entry::equals).isPresent();
    }

    private void drop(Hashed part) {
      part.bytes().ifPresent(bytes -> memory.giveBack(bytes.length));
    }

    private void settle(Candidate candidate, FileEntry entry) throws IOException {
      candidates.taken.remove();
      settled.is(candidate, entry, out.offered());
    }
  }

  /** The files beside what the base has in their place; what it has beyond them is deleted. */
  private static final class Beside implements Iterator<Candidate> {
    private final Iterator<LocalFile> files;
    private final Iterator<FileEntry> base;
    private final Consumer<FilePath> gone;
    private FileEntry entry;

    Beside(Iterator<LocalFile> files, Iterator<FileEntry> base, Consumer<FilePath> gone) {
      this.files = files;
      this.base = base;
      this.gone = gone;
      advance();
    }

    private void advance() {
      entry = base.hasNext() ? base.next() : null;
    }

    @Override
    public boolean hasNext() {
      if (files.hasNext()) {
        return true;
      }
      for (; entry != null; advance()) {
        gone.accept(entry.path());
      }
      return false;
    }

    @Override
    public Candidate next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      LocalFile file = files.next();
      for (; entry != null && entry.path().compareTo(file.path()) < 0; advance()) {
        gone.accept(entry.path());
      }
      if (entry == null || !entry.path().equals(file.path())) {
        return new Candidate(file, Optional.empty());
      }
      FileEntry before = entry;
      advance();
      return new Candidate(file, Optional.of(before));
    }
  }
}
