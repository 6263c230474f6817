package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.data.PullPlan.Target;
import io.moraine.cli.tree.LocalTree;
import io.moraine.cli.tree.Stat;
import io.moraine.cli.tree.StatCache;
import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.cli.tree.TreeFile;
import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.transfer.Fetch;
import io.moraine.content.transfer.TransferMeter;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Makes a directory hold the files of a version. Each appears at once and whole; a large one grows
 * beside its place, under its content's name, so that an interrupted pull goes on with it.
 */
final class PullTree {
  private static final String PART = ".part";

  private final Path root;
  private final Path caches;
  private final Fetch fetch;
  private final TransferMeter meter;
  private final FileTime committed;
  private final AtomicLong temporary = new AtomicLong();
  private final Queue<Remembered> written = new ConcurrentLinkedQueue<>();
  private final Set<Path> made = ConcurrentHashMap.newKeySet();

  /** What was done. */
  record Done(int fetched, int unchanged, int deleted) {}

  /**
   * @param root the real path of a directory
   * @param committed the time that its files are given: they are as old as their version
   */
  PullTree(Path root, Path caches, Fetch fetch, TransferMeter meter, FileTime committed) {
    this.root = root;
    this.caches = caches;
    this.fetch = fetch;
    this.meter = meter;
    this.committed = committed;
  }

  Done pull(List<FileEntry> entries, Sha256 digest, boolean force, boolean delete)
      throws IOException {
    StatCache cache = StatCache.load(caches, root);
    PullPlan plan = PullPlan.of(entries, root, cache, force);
    if (!plan.conflicts().isEmpty()) {
      throw Conflict.of(
          plan.conflicts(), "Push or move it, or overwrite it with --force (never a directory).");
    }
    List<TreeFile> surplus = delete ? surplus(entries, cache, force) : List.of();
    for (Remembered here : plan.here()) {
      meter.bytes(here.stat().sizeBytes());
      meter.file();
    }
    if (!plan.wanted().isEmpty()) {
      fetch(plan.wanted());
    }
    for (TreeFile file : surplus) {
      Files.deleteIfExists(file.file());
      removeEmpty(file.file().getParent());
    }
    List<Remembered> now = new ArrayList<>(plan.here());
    now.addAll(written);
    now.sort(Comparator.comparing(file -> file.entry().path()));
    new StatCache(Optional.of(digest), now).save(caches, root);
    return new Done(plan.wanted().size(), plan.here().size(), surplus.size());
  }

  /** Files that the version does not have: only what an earlier one had goes without force. */
  private List<TreeFile> surplus(List<FileEntry> entries, StatCache cache, boolean force)
      throws IOException {
    Set<FilePath> kept = new HashSet<>();
    entries.forEach(entry -> kept.add(entry.path()));
    Map<FilePath, Remembered> known = cache.digest().isPresent() ? cache.byPath() : Map.of();
    List<TreeFile> surplus = new ArrayList<>();
    List<String> conflicts = new ArrayList<>();
    for (TreeFile file : LocalTree.walk(root, true).files()) {
      if (kept.contains(file.path())) {
        continue;
      }
      surplus.add(file);
      Remembered before = known.get(file.path());
      if (!force && (before == null || !before.stat().equals(file.stat()))) {
        conflicts.add(file.path().quoted());
      }
    }
    if (!conflicts.isEmpty()) {
      throw Conflict.of(conflicts, "No version that was pulled had it: move it, or add --force.");
    }
    return surplus;
  }

  private void removeEmpty(Path directory) throws IOException {
    Path here = directory;
    while (!here.equals(root)) {
      try (Stream<Path> children = Files.list(here)) {
        if (children.findAny().isPresent()) {
          return;
        }
      }
      Files.delete(here);
      here = here.getParent();
    }
  }

  /** A large file that grows piece by piece. */
  private static final class Growing {
    private final PieceList list;
    private final Path part;
    private final List<Target> targets;
    private final AtomicInteger left;

    Growing(PieceList list, Path part, List<Target> targets) {
      this.list = list;
      this.part = part;
      this.targets = targets;
      this.left = new AtomicInteger(list.pieces().size());
    }
  }

  private record Place(Growing file, int index) {}

  /** Where the bytes of one content go. */
  private static final class Destination {
    private final List<Target> files = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private long sizeBytes;
  }

  private void fetch(List<Target> wanted) throws IOException {
    Path pulling = root.resolve(LocalTree.PULL_DIRECTORY);
    Files.createDirectories(pulling);
    Map<ContentId, Destination> destinations = new LinkedHashMap<>();
    Map<ContentId, PieceList> lists =
        Listing.pieces(wanted.stream().map(Target::entry).toList(), fetch);
    Map<ContentId, List<Target>> large = new LinkedHashMap<>();
    for (Target target : wanted) {
      ContentId content = target.entry().content();
      if (content.kind() == ContentKind.LIST) {
        large.computeIfAbsent(content, c -> new ArrayList<>()).add(target);
      } else {
        Destination destination = destinations.computeIfAbsent(content, c -> new Destination());
        destination.files.add(target);
        destination.sizeBytes = target.entry().sizeBytes();
      }
    }
    for (Map.Entry<ContentId, List<Target>> file : large.entrySet()) {
      Path part = pulling.resolve(file.getKey().sha256().hex() + PART);
      grow(new Growing(lists.get(file.getKey()), part, file.getValue()), destinations);
    }
    fetch.fetch(
        destinations.entrySet().stream()
            .map(e -> new Fetch.Wanted(e.getKey(), e.getValue().sizeBytes))
            .iterator(),
        (content, buffer, offset, length) ->
            write(destinations.get(content), buffer, offset, length));
    clean(pulling);
  }

  /** Keeps the pieces that an interrupted pull left whole, and asks for the others. */
  private void grow(Growing file, Map<ContentId, Destination> destinations) throws IOException {
    Map<Integer, Boolean> here = piecesHere(file);
    for (int index = 0; index < file.list.pieces().size(); index++) {
      if (here.containsKey(index)) {
        meter.bytes(file.list.pieceBytes(index));
        ended(file);
        continue;
      }
      ContentId piece = new ContentId(ContentKind.BLOB, file.list.pieces().get(index));
      Destination destination = destinations.computeIfAbsent(piece, c -> new Destination());
      destination.places.add(new Place(file, index));
      destination.sizeBytes = file.list.pieceBytes(index);
    }
  }

  private static Map<Integer, Boolean> piecesHere(Growing file) throws IOException {
    Map<Integer, Boolean> here = new HashMap<>();
    try (FileChannel channel = FileChannel.open(file.part, StandardOpenOption.READ)) {
      for (int index = 0; index < file.list.pieces().size(); index++) {
        ByteBuffer piece = ByteBuffer.allocate(file.list.pieceBytes(index));
        long offset = offset(index);
        while (piece.hasRemaining() && channel.read(piece, offset + piece.position()) >= 0) {
          continue;
        }
        if (!piece.hasRemaining()
            && Sha256.of(piece.array()).equals(file.list.pieces().get(index))) {
          here.put(index, true);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing of it yet.
      return Map.of();
    }
    return here;
  }

  private static long offset(int index) {
    return (long) index * Limits.PIECE_BYTES;
  }

  private void write(Destination destination, byte[] buffer, int offset, int length)
      throws IOException {
    for (Target target : destination.files) {
      Path fresh = fresh();
      try (FileChannel out =
          FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        write(out, ByteBuffer.wrap(buffer, offset, length), 0);
      }
      meter.bytes(length);
      place(fresh, target);
    }
    for (Place place : destination.places) {
      try (FileChannel out =
          FileChannel.open(place.file.part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        write(out, ByteBuffer.wrap(buffer, offset, length), offset(place.index));
      }
      meter.bytes(length);
      ended(place.file);
    }
  }

  private static void write(FileChannel out, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += out.write(bytes, at);
    }
  }

  private void ended(Growing file) throws IOException {
    if (file.left.decrementAndGet() > 0) {
      return;
    }
    List<Target> targets = file.targets;
    for (Target copy : targets.subList(1, targets.size())) {
      Path fresh = fresh();
      Files.copy(file.part, fresh);
      place(fresh, copy);
    }
    place(file.part, targets.get(0));
  }

  private Path fresh() {
    return root.resolve(LocalTree.PULL_DIRECTORY)
        .resolve(ProcessHandle.current().pid() + "-" + temporary.incrementAndGet());
  }

  /** Puts a whole file in its place, unless that has changed since it was looked at. */
  private void place(Path fresh, Target target) throws IOException {
    Files.setLastModifiedTime(fresh, committed);
    if (!now(target.file()).equals(target.found())) {
      Files.delete(fresh);
      throw CommandFailed.refused(
          target.entry().path().quoted()
              + " was changed while it was pulled; it is left as it is.");
    }
    Path parent = target.file().getParent();
    if (made.add(parent)) {
      Files.createDirectories(parent);
    }
    Files.move(fresh, target.file(), StandardCopyOption.ATOMIC_MOVE);
    TreeFile file = new TreeFile(target.entry().path(), target.file(), Stat.of(target.file()));
    written.add(Remembered.of(file, target.entry().content(), StatCache.now()));
    meter.file();
  }

  private static Optional<Stat> now(Path file) throws IOException {
    try {
      return Optional.of(Stat.of(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static void clean(Path pulling) throws IOException {
    try (Stream<Path> left = Files.list(pulling)) {
      for (Path file : (Iterable<Path>) left::iterator) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(pulling);
  }
}
