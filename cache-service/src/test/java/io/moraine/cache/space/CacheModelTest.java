package io.moraine.cache.space;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.cache.disk.Contents;
import io.moraine.cache.disk.Filling;
import io.moraine.cache.disk.FullContentException;
import io.moraine.cache.disk.LooseContentException;
import io.moraine.cache.disk.PresentVersion;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.disk.TeamDisk;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random fills, broken fills, evictions, crashes and bounds on a real disk, beside maps. */
class CacheModelTest {
  private static final TeamId TEAM = new TeamId("te000000000001");
  private static final DatasetId DATASET = new DatasetId("dst000000000001");
  private static final int LINKS_PER_FILE = 4;

  /** Content {@code n} is {@code n * 7 + 1} bytes of {@code n}; a version has them by path. */
  private record Step(Kind kind, int version, Map<String, Integer> files, long limitBytes) {}

  private enum Kind {
    FILL,
    BREAK,
    EVICT,
    CRASH,
    LIMIT
  }

  @Provide
  Arbitrary<Step> steps() {
    Arbitrary<Map<String, Integer>> files =
        Arbitraries.maps(
                Arbitraries.of("a", "b", "c/d", "c/e", "f/g/h", "i"),
                Arbitraries.integers().between(0, 7))
            .ofMaxSize(6);
    return Combinators.combine(
            Arbitraries.of(
                Kind.FILL, Kind.FILL, Kind.FILL, Kind.BREAK, Kind.EVICT, Kind.CRASH, Kind.LIMIT),
            Arbitraries.integers().between(1, 6),
            files,
            Arbitraries.longs().between(0, 200))
        .as(Step::new);
  }

  @Property(tries = 40)
  void neverPassesItsBoundNorLosesAByte(@ForAll("stepLists") List<Step> steps) throws Exception {
    Path root = Files.createTempDirectory("cache-model");
    try {
      World world = new World(root);
      for (Step step : steps) {
        world.take(step);
        world.check();
      }
    } finally {
      new ProcessBuilder("rm", "-rf", root.toString()).start().waitFor();
    }
  }

  @Provide
  Arbitrary<List<Step>> stepLists() {
    return steps().list().ofMinSize(1).ofMaxSize(25);
  }

  /** The real disk and space, and what they should hold. */
  private static final class World implements Evictor {
    private final Path root;
    private TeamDisk disk;
    private TeamSpace space;
    // The model: what is cached, oldest first, with each version's files.
    private final LinkedHashMap<VersionId, Map<String, Integer>> cached = new LinkedHashMap<>();
    // Versions that are half filled, whose contents count too.
    private final Map<VersionId, Map<String, Integer>> broken = new HashMap<>();
    // As which a fill begins: it does not go meanwhile.
    private Optional<VersionId> lent = Optional.empty();
    private long limitBytes = 100;

    World(Path root) throws IOException {
      this.root = root;
      begin();
    }

    void begin() throws IOException {
      disk = new ShareStorage(root, LINKS_PER_FILE).team(TEAM);
      disk.clean();
      tearUnused();
      Contents.Usage used = disk.contents().usage();
      space = new TeamSpace(TEAM, limitBytes, used.bytes(), used.looseBytes(), this);
      space.limit(limitBytes);
      broken.clear();
    }

    /** What was not durable may be torn after a loss of power: every other one is. */
    private void tearUnused() throws IOException {
      Path contents = root.resolve(TEAM.text()).resolve("contents");
      if (!Files.exists(contents)) {
        return;
      }
      try (Stream<Path> all = Files.walk(contents)) {
        for (Path path : all.filter(Files::isRegularFile).toList()) {
          boolean isLoose = (int) Files.getAttribute(path, "unix:nlink") == 1;
          if (isLoose && path.hashCode() % 2 == 0) {
            Files.delete(path);
            Files.writeString(path, "torn");
          }
        }
      }
    }

    void take(Step step) throws Exception {
      VersionId version = new VersionId("aaaaaa" + step.version());
      switch (step.kind()) {
        case FILL -> fill(version, step.files(), true);
        case BREAK -> fill(version, step.files(), false);
        case EVICT -> {
          if (cached.remove(version) != null) {
            disk.emptyTrash(disk.retire(DATASET, version));
            space.swept(disk.contents().sweep());
          }
        }
        case CRASH -> begin();
        case LIMIT -> {
          limitBytes = step.limitBytes();
          space.limit(limitBytes);
        }
      }
    }

    private void fill(VersionId version, Map<String, Integer> files, boolean whole)
        throws Exception {
      if (cached.containsKey(version)) {
        return;
      }
      // A version's files never change: a broken fill is gone on with for the same ones.
      Map<String, Integer> wanted = broken.getOrDefault(version, files);
      try (TeamSpace.Reservation room = space.reservation()) {
        Filling filling = begin(version, wanted, room);
        long missing = 0;
        for (FileEntry file : entries(wanted)) {
          if (!link(filling, file, room) && filling.miss(file.content())) {
            missing += file.sizeBytes();
          }
        }
        room.grow(missing);
        assertBound();
        for (FileEntry file :
            whole ? entries(wanted) : entries(wanted).stream().limit(2).toList()) {
          bring(filling, file, room);
        }
        if (whole) {
          filling.publish(
              wanted.size(), entries(wanted).stream().mapToLong(FileEntry::sizeBytes).sum());
          broken.remove(version);
          cached.put(version, wanted);
        } else {
          broken.put(version, wanted);
        }
      } catch (NoRoomException e) {
        lent = Optional.empty();
        disk.discardFilling(DATASET, version);
        broken.remove(version);
        space.swept(disk.contents().sweep());
      }
    }

    /** As the newest cached version, where there is one and it fits, without what differs. */
    private Filling begin(
        VersionId version, Map<String, Integer> wanted, TeamSpace.Reservation room)
        throws Exception {
      Optional<VersionId> base = cached.keySet().stream().reduce((older, newer) -> newer);
      Filling filling = disk.fill(DATASET, version, base);
      if (base.isEmpty() || filling.hasBase()) {
        return filling;
      }
      lent = base;
      try {
        linkBase(filling, base.get(), wanted, room);
        return filling;
      } catch (NoSuchFileException unfit) {
        return disk.fill(DATASET, version, Optional.empty());
      } finally {
        lent = Optional.empty();
      }
    }

    /** Fails with {@link NoSuchFileException} when a file is full whose content went away. */
    private void linkBase(
        Filling filling, VersionId base, Map<String, Integer> wanted, TeamSpace.Reservation room)
        throws Exception {
      Map<String, Integer> before = cached.get(base);
      filling.<Exception>linkAll(
          disk.version(DATASET, base),
          (path, file) -> {
            if (!link(filling, entry(path.toString(), before.get(path.toString())), room)) {
              throw new NoSuchFileException(file.toString());
            }
          });
      for (Map.Entry<String, Integer> file : before.entrySet()) {
        if (!file.getValue().equals(wanted.get(file.getKey()))) {
          filling.remove(FilePath.of(file.getKey()));
        }
      }
      filling.endBase();
    }

    private void bring(Filling filling, FileEntry file, TeamSpace.Reservation room)
        throws Exception {
      if (!link(filling, file, room)) {
        Path missing = filling.missing(file.content());
        Files.write(missing, bytes((int) (file.sizeBytes() / 7)));
        if (disk.contents().add(file.content(), missing)) {
          room.spend(file.sizeBytes());
        }
        assertThat(link(filling, file, room)).isTrue();
      }
    }

    private boolean link(Filling filling, FileEntry file, TeamSpace.Reservation room)
        throws IOException {
      while (true) {
        try {
          return filling.link(file);
        } catch (LooseContentException e) {
          space.giveBack(disk.contents().check(file.content()));
        } catch (FullContentException e) {
          room.grow(file.sizeBytes());
          if (disk.contents().renew(file.content())) {
            room.spend(file.sizeBytes());
          }
        }
      }
    }

    @Override
    public long evictableBytes(TeamId team) {
      return evictable()
          .flatMap(version -> cached.get(version).values().stream())
          .mapToLong(content -> content * 7 + 1)
          .sum();
    }

    private Stream<VersionId> evictable() {
      return cached.keySet().stream().filter(version -> !lent.equals(Optional.of(version)));
    }

    @Override
    public long evict(TeamId team, long bytes) {
      try {
        long unused = 0;
        while (unused < bytes && evictable().findFirst().isPresent()) {
          VersionId oldest = evictable().findFirst().get();
          cached.remove(oldest);
          unused += disk.emptyTrash(disk.retire(DATASET, oldest));
        }
        return disk.contents().sweep();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void assertBound() {
      TeamSpace.Figures now = space.figures();
      assertThat(now.usedBytes() + now.reservedBytes())
          .isLessThanOrEqualTo(Math.max(now.limitBytes(), now.usedBytes()));
    }

    void check() throws IOException {
      TeamSpace.Figures now = space.figures();
      assertThat(now.reservedBytes()).isZero();
      assertThat(now.usedBytes()).isEqualTo(bytesOnDisk());
      if (broken.isEmpty()) {
        assertThat(now.usedBytes()).isLessThanOrEqualTo(limitBytes);
      }
      Set<PresentVersion> present = Set.copyOf(disk.versions());
      assertThat(present)
          .isEqualTo(
              Set.copyOf(
                  cached.keySet().stream().map(v -> new PresentVersion(DATASET, v)).toList()));
      for (Map.Entry<VersionId, Map<String, Integer>> version : cached.entrySet()) {
        assertThat(read(disk.version(DATASET, version.getKey())))
            .isEqualTo(
                version.getValue().entrySet().stream()
                    .collect(toMap(Map.Entry::getKey, f -> List.of(text(f.getValue())))));
      }
    }

    /** Each file once, however many links it has. */
    private long bytesOnDisk() throws IOException {
      Map<Object, Long> files = new HashMap<>();
      if (Files.exists(root.resolve(TEAM.text()))) {
        try (Stream<Path> all = Files.walk(root.resolve(TEAM.text()))) {
          for (Path path : all.filter(Files::isRegularFile).toList()) {
            files.put(Files.getAttribute(path, "unix:ino"), Files.size(path));
          }
        }
      }
      return files.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Map<String, List<String>> read(Path version) throws IOException {
      try (Stream<Path> all = Files.walk(version)) {
        Map<String, List<String>> files = new HashMap<>();
        for (Path path : all.filter(Files::isRegularFile).toList()) {
          files.put(version.relativize(path).toString(), List.of(Files.readString(path)));
        }
        return files;
      }
    }
  }

  private static List<FileEntry> entries(Map<String, Integer> files) {
    return new TreeSet<>(files.keySet())
        .stream().map(path -> entry(path, files.get(path))).toList();
  }

  private static FileEntry entry(String path, int content) {
    byte[] bytes = bytes(content);
    return new FileEntry(
        FilePath.of(path), bytes.length, new ContentId(ContentKind.BLOB, Sha256.of(bytes)));
  }

  private static byte[] bytes(int content) {
    byte[] bytes = new byte[content * 7 + 1];
    Arrays.fill(bytes, (byte) ('0' + content));
    return bytes;
  }

  private static String text(int content) {
    return IntStream.range(0, content * 7 + 1)
        .mapToObj(i -> "" + content)
        .reduce("", String::concat);
  }
}
