package io.moraine.content.transfer;

import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Reads and hashes files on several threads, some ahead of who asks, and hands their parts out in
 * the order of the files. For one thread. The bytes that are handed out are the caller's to give
 * back to {@code memory}.
 */
final class HashAhead {
  /** Files or parts that one task hashes: more than a task costs. */
  private static final int CHUNK_PARTS = 128;

  private static final int CHUNK_BYTES = 4 << 20;

  /** As many small files as are asked about at once: hashed while the answer is awaited. */
  private static final int MOST_CHUNKS = VersionCalls.MOST_CONTENTS / CHUNK_PARTS;

  /** A file, and what the base has in its place. */
  record Candidate(LocalFile file, Optional<FileEntry> before) {
    Candidate {
      // The content of a large file says nothing of its pieces, which may have to be sent.
      if (file.sizeBytes() > Limits.PIECE_BYTES && !isSame(file, before)) {
        file = file.unknown();
      }
    }

    private static boolean isSame(LocalFile file, Optional<FileEntry> before) {
      return before.isPresent()
          && before.get().sizeBytes() == file.sizeBytes()
          && file.known().filter(before.get().content()::equals).isPresent();
    }

    /** Whether it is worth hashing first, and reading again only if it turns out to be another. */
    boolean isLikelyUnchanged() {
      return file.sizeBytes() > Limits.PIECE_BYTES
          && before.filter(entry -> entry.sizeBytes() == file.sizeBytes()).isPresent();
    }
  }

  private record Task(Part part, boolean keep) {}

  private final Iterator<Candidate> candidates;
  private final ExecutorService threads;
  private final Memory memory;
  private final Deque<Task> tasks = new ArrayDeque<>();
  private final Deque<Future<List<Hashed>>> ahead = new ArrayDeque<>();
  private List<Task> next = List.of();

  HashAhead(Iterator<Candidate> candidates, ExecutorService threads, Memory memory) {
    this.candidates = candidates;
    this.threads = threads;
    this.memory = memory;
  }

  /** The next parts in order; none when there are no more. */
  List<Hashed> next() throws IOException {
    submit();
    return ahead.isEmpty() ? List.of() : Waiting.result(ahead.poll());
  }

  private void submit() throws IOException {
    while (ahead.size() < MOST_CHUNKS) {
      next = next.isEmpty() ? chunk() : next;
      if (next.isEmpty()) {
        return;
      }
      long bytes = next.stream().filter(Task::keep).mapToLong(t -> t.part().sizeBytes()).sum();
      if (ahead.isEmpty()) {
        memory.take(bytes);
      } else if (!memory.tryTake(bytes)) {
        return;
      }
      List<Task> chunk = next;
      next = List.of();
      ahead.add(threads.submit(() -> hash(chunk)));
    }
  }

  private List<Task> chunk() {
    List<Task> chunk = new ArrayList<>();
    long bytes = 0;
    while (chunk.size() < CHUNK_PARTS && refill()) {
      int sizeBytes = tasks.peek().part().sizeBytes();
      if (!chunk.isEmpty() && bytes + sizeBytes > CHUNK_BYTES) {
        break;
      }
      bytes += sizeBytes;
      chunk.add(tasks.poll());
    }
    return chunk;
  }

  /** Whether there is a task, made of the next file if need be. */
  private boolean refill() {
    if (!tasks.isEmpty()) {
      return true;
    }
    if (!candidates.hasNext()) {
      return false;
    }
    Candidate candidate = candidates.next();
    LocalFile file = candidate.file();
    if (file.known().isPresent()) {
      tasks.add(new Task(new Part(file, 0), false));
      return true;
    }
    boolean keep = !candidate.isLikelyUnchanged();
    for (int index = 0; index < PieceList.count(file.sizeBytes()); index++) {
      tasks.add(new Task(new Part(file, index), keep));
    }
    return true;
  }

  private static List<Hashed> hash(List<Task> chunk) throws IOException {
    List<Hashed> hashed = new ArrayList<>(chunk.size());
    for (Task task : chunk) {
      hashed.add(hash(task));
    }
    return hashed;
  }

  private static Hashed hash(Task task) throws IOException {
    Part part = task.part();
    if (part.file().known().isPresent()) {
      return new Hashed(part, part.file().known().get(), Optional.empty());
    }
    if (task.keep()) {
      byte[] bytes = part.read();
      return new Hashed(part, blob(Sha256.of(bytes)), Optional.of(bytes));
    }
    return new Hashed(part, blob(part.hash()), Optional.empty());
  }

  private static ContentId blob(Sha256 sha256) {
    return new ContentId(ContentKind.BLOB, sha256);
  }
}
