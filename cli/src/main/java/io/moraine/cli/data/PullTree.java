package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.data.PullPlan.Target;
import io.moraine.cli.tree.LocalTree;
import io.moraine.cli.tree.Stat;
import io.moraine.cli.tree.StatCache;
import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.cli.tree.StatFile;
import io.moraine.cli.tree.TreeFile;
import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.transfer.Fetch;
import io.moraine.content.transfer.TransferMeter;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes a directory hold the files of a version. Each appears at once and whole; a large one grows
 * beside its place, under its content's name, so that an interrupted pull goes on with it.
 */
final class PullTree {
  private static final String PART = ".part";

  /**
   * Read or written at once: what is copied stays in the processor's cache, and the kernel need not
   * look for long runs of free pages.
   */
  private static final int STEP_BYTES = 64 << 10;

  /** Elsewhere a file that was mapped is in the way of its own renaming. */
  private static final boolean RESERVES =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

  private final Path root;
  private final Path pulling;
  private final TreeMemory memory;
  private final Fetch fetch;
  private final TransferMeter meter;
  private final FileTime committed;
  private final AtomicLong temporary = new AtomicLong();
  private final Set<Path> made = ConcurrentHashMap.newKeySet();

  /** What the directory holds of the version, by the index of the entry; one thread sets each. */
  private Remembered[] now = {};

  /** What was done. */
  record Done(int fetched, int unchanged, int deleted) {}

  /**
   * @param memory of the directory
   * @param committed the time that its files are given: they are as old as their version
   */
  PullTree(TreeMemory memory, Fetch fetch, TransferMeter meter, FileTime committed) {
    this.root = memory.root();
    this.pulling = root.resolve(LocalTree.PULL_DIRECTORY);
    this.memory = memory;
    this.fetch = fetch;
    this.meter = meter;
    this.committed = committed;
  }

  Done pull(PullPlan.Wanted version, Sha256 digest) throws IOException {
    PullPlan plan =
        PullPlan.of(root, version, () -> Recollection.of(memory.caches(), root, pulling));
    if (!plan.conflicts().isEmpty()) {
      throw Conflict.of(
          plan.conflicts(), "Push or move it, or let it be overwritten or deleted with --force.");
    }
    now = plan.here();
    for (Remembered here : now) {
      if (here != null) {
        meter.bytes(here.stat().sizeBytes());
        meter.file();
      }
    }
    List<String> changed = new ArrayList<>();
    if (!plan.wanted().isEmpty()) {
      begin(plan.wanted(), digest);
      makeWay(plan);
      fetch(plan.wanted());
    }
    int deleted = remove(plan.surplus(), changed);
    if (memory.save(Optional.of(digest), now)) {
      clean();
    }
    if (!changed.isEmpty()) {
      throw CommandFailed.refused(
          "All was pulled, but this was changed meanwhile and is not deleted: "
              + String.join(", ", changed)
              + ".");
    }
    return new Done(plan.wanted().size(), plan.hereCount(), deleted + plan.inTheWay().size());
  }

  /**
   * Says what is about to be placed before any of it is: if this pull breaks off, the next one, of
   * whatever version, knows that these files can be had again.
   */
  private void begin(List<Target> wanted, Sha256 digest) throws IOException {
    Files.createDirectories(pulling);
    StatFile.write(
        pulling.resolve(Recollection.BEGUN + digest.hex().substring(0, 16) + "-" + unique()),
        root,
        Optional.of(digest),
        wanted.size(),
        wanted.stream().map(target -> Recollection.about(target.entry())).iterator());
  }

  private String unique() {
    return System.currentTimeMillis() + "-" + ProcessHandle.current().pid();
  }

  /** What cannot stay beside the version goes, before its files come. */
  private void makeWay(PullPlan plan) throws IOException {
    List<String> changed = new ArrayList<>();
    remove(plan.inTheWay(), changed);
    for (FilePath directory : plan.directoriesInTheWay()) {
      removeEmptyBelow(root.resolve(directory.toString()));
    }
    if (!changed.isEmpty()) {
      throw CommandFailed.refused(
          String.join(", ", changed)
              + " was changed while the pull began; it is left as it is. Pull again.");
    }
  }

  /**
   * Deletes files that are still what they were when they were judged; directories that are empty
   * then go too.
   *
   * @param changed gets the names of the others
   */
  private int remove(List<TreeFile> files, List<String> changed) throws IOException {
    int deleted = 0;
    for (TreeFile file : files) {
      Path path = file.below(root);
      Optional<Stat> found = now(path);
      if (found.isEmpty()) {
        continue;
      }
      if (!found.get().equals(file.stat())) {
        changed.add(file.path().quoted());
        continue;
      }
      Files.delete(path);
      deleted++;
      removeEmpty(path.getParent());
    }
    return deleted;
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

  /** The deepest first; one that is not empty stays, and so do those above it. */
  private static void removeEmptyBelow(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> directories;
    try (Stream<Path> below = Files.walk(directory)) {
      directories =
          below
              .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
              .sorted(Comparator.reverseOrder())
              .toList();
    }
    for (Path one : directories) {
      try {
        Files.delete(one);
      } catch (DirectoryNotEmptyException e) {
        // Something came meanwhile: placing the file will fail, and name it.
      }
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
  static final class Destination {
    /** Most contents are one file's: a list for each of a million would cost more than they do. */
    private Target first;

    private List<Target> more = List.of();
    private List<Place> places = List.of();
    private long sizeBytes;

    void add(Target target) {
      sizeBytes = target.entry().sizeBytes();
      if (first == null) {
        first = target;
      } else {
        more = more.isEmpty() ? new ArrayList<>() : more;
        more.add(target);
      }
    }

    void add(Place place, long pieceBytes) {
      sizeBytes = pieceBytes;
      places = places.isEmpty() ? new ArrayList<>() : places;
      places.add(place);
    }
  }

  /** The small files among {@code wanted}, by their contents. */
  static Map<ContentId, Destination> destinations(List<Target> wanted) {
    Map<ContentId, Destination> destinations = new LinkedHashMap<>();
    for (Target target : wanted) {
      ContentId content = target.entry().content();
      if (content.kind() == ContentKind.BLOB) {
        destinations.computeIfAbsent(content, c -> new Destination()).add(target);
      }
    }
    return destinations;
  }

  private void fetch(List<Target> wanted) throws IOException {
    Map<ContentId, Destination> destinations = destinations(wanted);
    Map<ContentId, PieceList> lists =
        Listing.pieces(() -> wanted.stream().map(Target::entry).iterator(), fetch);
    Map<ContentId, List<Target>> large = new LinkedHashMap<>();
    for (Target target : wanted) {
      ContentId content = target.entry().content();
      if (content.kind() == ContentKind.LIST) {
        large.computeIfAbsent(content, c -> new ArrayList<>()).add(target);
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
  }

  /** Keeps the pieces that an interrupted pull left whole, and asks for the others. */
  private void grow(Growing file, Map<ContentId, Destination> destinations) throws IOException {
    BitSet here = piecesHere(file);
    reserve(file);
    for (int index = 0; index < file.list.pieces().size(); index++) {
      if (here.get(index)) {
        meter.bytes(file.list.pieceBytes(index));
        ended(file);
        continue;
      }
      ContentId piece = new ContentId(ContentKind.BLOB, file.list.pieces().get(index));
      destinations
          .computeIfAbsent(piece, c -> new Destination())
          .add(new Place(file, index), file.list.pieceBytes(index));
    }
  }

  private static BitSet piecesHere(Growing file) throws IOException {
    BitSet here = new BitSet();
    try (FileChannel channel = FileChannel.open(file.part, StandardOpenOption.READ)) {
      IntStream.range(0, file.list.pieces().size())
          .parallel()
          .filter(index -> isHere(channel, file.list, index))
          .boxed()
          .toList()
          .forEach(here::set);
    } catch (NoSuchFileException e) {
      // Nothing of it yet.
      return here;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return here;
  }

  private static boolean isHere(FileChannel part, PieceList list, int index) {
    MessageDigest digest = Sha256.newDigest();
    ByteBuffer some = ByteBuffer.allocate(STEP_BYTES);
    long at = offset(index);
    long end = at + list.pieceBytes(index);
    try {
      while (at < end) {
        int read = part.read(some.clear().limit((int) Math.min(STEP_BYTES, end - at)), at);
        if (read < 0) {
          return false;
        }
        digest.update(some.flip());
        at += read;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sha256.finish(digest).equals(list.pieces().get(index));
  }

  /**
   * Makes room for all of a file, which costs a moment; made piece by piece in whatever order they
   * come, it costs more than writing them. What Java has for that is to map the last byte. A hint:
   * where there is no room, or no mapping, the pieces will say so.
   */
  private static void reserve(Growing file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file.part,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      if (RESERVES) {
        channel.map(FileChannel.MapMode.READ_WRITE, file.list.sizeBytes() - 1, 1);
      }
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      // The file grows as it always can.
    }
  }

  private static long offset(int index) {
    return (long) index * Limits.PIECE_BYTES;
  }

  private void write(Destination destination, byte[] buffer, int offset, int length)
      throws IOException {
    if (destination.first != null) {
      write(destination.first, buffer, offset, length);
    }
    for (Target target : destination.more) {
      write(target, buffer, offset, length);
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

  private void write(Target target, byte[] buffer, int offset, int length) throws IOException {
    Path fresh = fresh();
    try (FileChannel out =
        FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(out, ByteBuffer.wrap(buffer, offset, length), 0);
    }
    meter.bytes(length);
    Stat placed = place(fresh, target);
    now[target.index()] = Remembered.of(target.entry(), placed, StatCache.now());
  }

  private static void write(FileChannel out, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + STEP_BYTES));
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
      placeUnsynced(fresh, copy);
    }
    placeUnsynced(file.part, targets.get(0));
  }

  /**
   * A file that had its length before its bytes looks whole after a power failure, whatever the
   * disk has got of it: it is read once more before it is trusted.
   */
  private void placeUnsynced(Path fresh, Target target) throws IOException {
    now[target.index()] = new Remembered(target.entry(), place(fresh, target), false);
  }

  private Path fresh() {
    return pulling.resolve(ProcessHandle.current().pid() + "-" + temporary.incrementAndGet());
  }

  /** Puts a whole file in its place, unless that has changed since it was looked at. */
  private Stat place(Path fresh, Target target) throws IOException {
    Files.setLastModifiedTime(fresh, committed);
    Path file = root.resolve(target.entry().path().toString());
    if (!now(file).equals(target.found())) {
      Files.delete(fresh);
      throw CommandFailed.refused(
          target.entry().path().quoted()
              + " was changed while it was pulled; it is left as it is.");
    }
    Path parent = file.getParent();
    if (made.add(parent)) {
      Files.createDirectories(parent);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    meter.file();
    return Stat.of(file);
  }

  private static Optional<Stat> now(Path file) throws IOException {
    try {
      return Optional.of(Stat.of(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void clean() throws IOException {
    if (!Files.isDirectory(pulling, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> left = Files.list(pulling)) {
      for (Path file : (Iterable<Path>) left::iterator) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(pulling);
  }
}
