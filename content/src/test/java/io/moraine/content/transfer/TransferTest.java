package io.moraine.content.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.content.file.CorruptContentException;
import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransferTest {
  private static final TransferLimits LIMITS =
      new TransferLimits(2, 2, 5, Duration.ofMillis(1), Duration.ofMillis(20));

  /** For what fills packs: they and the bucket share the little memory of these tests. */
  private static final TransferLimits ONE_AT_A_TIME =
      new TransferLimits(1, 1, 5, Duration.ofMillis(1), Duration.ofMillis(20));

  @TempDir private Path directory;
  @TempDir private Path bucket;
  private final Random random = new Random(7);
  private final TransferMeter meter = new TransferMeter();
  private Transport transport = new Transport(LIMITS);
  private UnreliableService service;

  @BeforeEach
  void start() throws IOException {
    service = new UnreliableService(bucket);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private VersionCalls calls() {
    Endpoint endpoint = new Endpoint(service.uri(), Map.of("X-API-Key", "k"));
    return new VersionCalls(endpoint, transport, meter, "d", "v");
  }

  private void write(String path, int sizeBytes) throws IOException {
    byte[] bytes = new byte[sizeBytes];
    random.nextBytes(bytes);
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private List<LocalFile> files() throws IOException {
    TreeMap<FilePath, LocalFile> files = new TreeMap<>();
    try (var walk = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
        FilePath path = FilePath.of(directory.relativize(file).toString());
        files.put(
            path,
            new LocalFile(
                path, file, Files.size(file), Files.getLastModifiedTime(file), Optional.empty()));
      }
    }
    return List.copyOf(files.values());
  }

  private Push.Staged push(List<LocalFile> files, List<FileEntry> base) throws IOException {
    return push(files, base, LIMITS);
  }

  private Push.Staged push(List<LocalFile> files, List<FileEntry> base, TransferLimits limits)
      throws IOException {
    return new Push(new OpenVersion(this::calls), transport, limits, meter)
        .push(files, base.iterator(), (file, content) -> {});
  }

  private List<FileEntry> entries() throws IOException {
    List<FileEntry> entries = new ArrayList<>();
    calls().list(entries::add);
    return entries;
  }

  /** Every file's bytes come back, a large one's piece by piece. */
  private void assertReadBack() throws IOException {
    List<FileEntry> entries = entries();
    assertThat(entries)
        .extracting(FileEntry::path)
        .isEqualTo(files().stream().map(LocalFile::path).toList());
    for (List<FileEntry> some : Portions.of(entries, 50)) {
      assertReadBack(some);
    }
  }

  private void assertReadBack(List<FileEntry> entries) throws IOException {
    Map<ContentId, byte[]> got = new ConcurrentHashMap<>();
    fetch(entries.stream().map(FileEntry::content).distinct().toList(), got);
    for (FileEntry entry : entries) {
      Path file = directory.resolve(entry.path().toString());
      if (entry.content().kind() == ContentKind.BLOB) {
        assertThat(got.get(entry.content())).isEqualTo(Files.readAllBytes(file));
      } else {
        assertPieces(file, PieceList.decode(got.get(entry.content())));
      }
    }
  }

  private void assertPieces(Path file, PieceList list) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      for (Sha256 piece : list.pieces()) {
        ContentId content = new ContentId(ContentKind.BLOB, piece);
        Map<ContentId, byte[]> got = new ConcurrentHashMap<>();
        fetch(List.of(content), got);
        byte[] bytes = got.get(content);
        assertThat(Arrays.equals(bytes, in.readNBytes(bytes.length))).isTrue();
      }
      assertThat(in.read()).isNegative();
    }
  }

  private void fetch(List<ContentId> contents, Map<ContentId, byte[]> into) throws IOException {
    new Fetch(calls(), transport, LIMITS, meter)
        .fetch(
            contents.stream().map(content -> new Fetch.Wanted(content, 0)).iterator(),
            (content, buffer, offset, length) ->
                into.put(content, Arrays.copyOfRange(buffer, offset, offset + length)));
  }

  @Test
  void manySmallFilesAreOneObjectAndEveryFiftyOneRange() throws IOException {
    for (int i = 0; i < 500; i++) {
      write("d" + i % 7 + "/f" + i, random.nextInt(3000));
    }
    write("empty", 0);
    push(files(), List.of());
    assertThat(service.puts).hasSize(1);
    assertReadBack();
    assertThat(service.gets).as("the last fifty are the empty file alone").hasSize(10);
  }

  @Test
  void aLargeFileTravelsInPiecesAndItsListInAPack() throws IOException {
    write("big", Limits.PIECE_BYTES + 5_000_000);
    write("middle", 3_000_000);
    write("small", 10);
    push(files(), List.of(), ONE_AT_A_TIME);
    assertThat(service.puts.stream().map(key -> key.split("/")[0]))
        .containsExactlyInAnyOrder("blobs", "blobs", "blobs", "packs");
    assertReadBack();
  }

  @Test
  void pushedAgainNothingIsSentAndOnlyDifferencesAreStaged() throws IOException {
    write("a", 100);
    write("b", 100);
    write("big", Limits.PIECE_BYTES + 1);
    push(files(), List.of(), ONE_AT_A_TIME);
    List<FileEntry> base = entries();
    service.puts.clear();
    Push.Staged nothing = push(files(), base);
    assertThat(nothing.changes()).isEmpty();
    assertThat(nothing.unchanged()).isEqualTo(3);

    Files.delete(directory.resolve("a"));
    write("b", 100);
    Push.Staged some = push(files(), base);
    assertThat(some.changes())
        .extracting(change -> change.path().toString(), change -> change.entry().isPresent())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", false),
            org.assertj.core.groups.Tuple.tuple("b", true));
    assertThat(service.puts).hasSize(1);
    assertReadBack();
  }

  @Test
  void whatIsKnownIsNotReadAndIsReadWhenTheStoreLostIt() throws IOException {
    write("a", 100);
    write("b", 200);
    push(files(), List.of());
    List<LocalFile> known = new ArrayList<>();
    for (LocalFile file : files()) {
      byte[] bytes = Files.readAllBytes(file.file());
      known.add(
          new LocalFile(
              file.path(),
              file.file(),
              file.sizeBytes(),
              file.modified(),
              Optional.of(new ContentId(ContentKind.BLOB, Sha256.of(bytes)))));
    }
    service.contents.remove(known.get(1).known().orElseThrow());
    service.objects.clear();
    push(known, List.of());
    assertThat(service.puts).hasSize(2);
    assertThat(service.contents).hasSize(2);
  }

  @Test
  void whatIsCollectedBetweenTheQuestionAndTheEntryIsSentAgain() throws IOException {
    write("a", 100);
    write("b", 200);
    service.next(
        1,
        "POST",
        "/files",
        exchange -> {
          service.contents.clear();
          service.objects.clear();
          return false;
        });
    push(files(), List.of());
    assertThat(service.entries).containsOnlyKeys("a", "b");
    assertThat(service.contents).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /contents:missing",
        "POST /uploads",
        "PUT /bucket/",
        "POST /uploads:done",
        "POST /files",
        "POST /contents:locate",
        "GET /bucket/",
        "GET /files"
      })
  void cutsAnd503sAreOutwaited(String request) throws IOException {
    String[] words = request.split(" ");
    for (int i = 0; i < 30; i++) {
      write("f" + i, 300_000);
    }
    write("blob", 2_000_000);
    service.next(2, words[0], words[1], UnreliableService.status(503));
    service.next(2, words[0], words[1], UnreliableService.cut());
    push(files(), List.of());
    assertReadBack();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /contents:missing",
        "POST /uploads",
        "POST /uploads:done",
        "POST /files",
        "POST /contents:locate",
        "GET /bucket/",
        "GET /files"
      })
  @Timeout(60)
  void anAnswerThatStandsStillInItsMiddleIsAskedForAgain(String request) throws IOException {
    String[] words = request.split(" ");
    write("a", 1_000);
    transport = new Transport(stalling(5, Duration.ofSeconds(1)));
    service.next(1, words[0], words[1], service.halfAnAnswer());
    push(files(), List.of());
    assertReadBack();
  }

  private static TransferLimits stalling(int attempts, Duration stall) {
    return new TransferLimits(1, 1, attempts, Duration.ofMillis(1), Duration.ofMillis(20), stall);
  }

  @Test
  @Timeout(60)
  void aBodyThatIsNotTakenIsSentAgain() throws IOException {
    // More than the sockets' buffers hold between them.
    write("a", 30_000_000);
    transport = new Transport(stalling(5, Duration.ofSeconds(1)));
    service.next(1, "PUT", "/bucket/", service.deafness());
    push(files(), List.of(), ONE_AT_A_TIME);
    assertReadBack();
  }

  @Test
  void aBodyThatIsTakenSlowlyIsNotGivenUp() throws IOException {
    write("a", 30_000_000);
    Duration stall = Duration.ofSeconds(3);
    transport = new Transport(stalling(1, stall));
    service.next(1, "PUT", "/bucket/", service.slowness(500_000, Duration.ofMillis(60)));
    long begin = System.nanoTime();
    push(files(), List.of(), ONE_AT_A_TIME);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(stall);
    assertReadBack();
  }

  @Test
  void aServerThatIsNotThereIsNamedWithoutTheSignature() throws IOException {
    write("a", 1);
    service.close();
    assertThatThrownBy(() -> push(files(), List.of()))
        .isInstanceOf(UnansweredException.class)
        .hasMessage(service.uri() + " does not answer: ConnectException");
  }

  /** Two large files, and so many with the content of the first, which need not be read. */
  private List<LocalFile> copiesBetweenTwo(int copies) throws IOException {
    write("a", 20_000_000);
    write("z", 20_000_000);
    List<LocalFile> written = files();
    LocalFile first = written.get(0);
    ContentId content =
        new ContentId(ContentKind.BLOB, Sha256.of(Files.readAllBytes(first.file())));
    List<LocalFile> files = new ArrayList<>();
    files.add(first);
    for (int i = 0; i < copies; i++) {
      files.add(
          new LocalFile(
              FilePath.of("copy%05d".formatted(i)),
              first.file(),
              first.sizeBytes(),
              first.modified(),
              Optional.of(content)));
    }
    files.add(written.get(1));
    return files;
  }

  @Test
  @Timeout(60)
  void entriesAreStagedWhileContentsOfOthersAreOnTheirWay() throws IOException {
    List<LocalFile> files = copiesBetweenTwo(VersionCalls.MOST_ENTRIES);
    CountDownLatch staged = new CountDownLatch(1);
    service.next(
        1,
        "POST",
        "/files",
        exchange -> {
          staged.countDown();
          return false;
        });
    // The last object is taken only after others' entries came.
    String last = Sha256.of(Files.readAllBytes(directory.resolve("z"))).hex();
    service.next(
        1,
        "PUT",
        last,
        exchange -> {
          awaitQuietly(staged);
          return false;
        });
    push(files, List.of());
    assertThat(service.entries).hasSize(files.size());
  }

  @Test
  void entriesThatWereRefusedAreStagedInTheEnd() throws IOException {
    List<LocalFile> files = copiesBetweenTwo(VersionCalls.MOST_ENTRIES);
    String lost = "blob:" + Sha256.of(Files.readAllBytes(directory.resolve("a"))).hex();
    service.next(
        1,
        "POST",
        "/files",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] body = ("{\"detail\":\"gone\",\"missing\":[\"" + lost + "\"]}").getBytes(UTF_8);
          exchange.sendResponseHeaders(409, body.length);
          exchange.getResponseBody().write(body);
          return true;
        });
    Push.Staged staged = push(files, List.of());
    assertThat(staged.changes()).hasSize(files.size());
    assertThat(service.entries).hasSize(files.size());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anExpiredUrlAsksForANewOne() throws IOException {
    write("a", 100);
    service.next(1, "PUT", "/bucket/", UnreliableService.status(403));
    service.next(1, "GET", "/bucket/", UnreliableService.status(403));
    service.next(1, "GET", "/bucket/", UnreliableService.status(404));
    push(files(), List.of());
    assertReadBack();
    assertThat(service.locates).as("asked at first, and for each refusal").hasValue(3);
  }

  @Test
  void aBucketThatGoesOnRefusingIsNamedWithItsReason() throws IOException {
    write("a", 100);
    service.next(100, "PUT", "/bucket/", UnreliableService.status(403));
    assertThatThrownBy(() -> push(files(), List.of()))
        .isInstanceOf(CallRefusedException.class)
        .hasMessageContaining("403")
        .hasMessageContaining("told to");
    assertThat(service.entries).isEmpty();
  }

  @Test
  void anAnswerThatWasLostMeansStored() throws IOException {
    write("a", 2_000_000);
    service.next(
        1,
        "PUT",
        "/bucket/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          service.store(exchange.getRequestURI().getPath().substring(8), body);
          exchange.close();
          return true;
        });
    push(files(), List.of());
    assertReadBack();
  }

  @Test
  void wrongBytesAreFetchedAgainAndGivenUpByName() throws IOException {
    write("a", 5_000);
    push(files(), List.of());
    service.next(1, "GET", "/bucket/", wrongBytes());
    assertReadBack();
    service.next(100, "GET", "/bucket/", wrongBytes());
    ContentId content = entries().get(0).content();
    assertThatThrownBy(
            () ->
                fetch(
                    List.of(content),
                    new TreeMap<>(java.util.Comparator.comparing(ContentId::text))))
        .isInstanceOf(CorruptContentException.class)
        .hasMessageContaining(content.sha256().hex());
  }

  @Test
  void whatIsLostOrDamagedIsNamedAndTheRestIsFetched() throws IOException {
    for (String name : List.of("unknown 1", "unknown 2", "whole", "lost", "wrong")) {
      write(name, 1_500_000);
    }
    write("beside wrong", 1_000);
    push(files(), List.of());
    Map<String, ContentId> contents = new TreeMap<>();
    entries().forEach(entry -> contents.put(entry.path().toString(), entry.content()));
    service.contents.remove(contents.get("unknown 1"));
    service.contents.remove(contents.get("unknown 2"));
    service.objects.remove("blobs/" + contents.get("lost").sha256());
    service.store("blobs/" + contents.get("wrong").sha256(), new byte[1_500_000]);

    Map<ContentId, IOException> lost = new ConcurrentHashMap<>();
    Map<ContentId, Integer> got = new ConcurrentHashMap<>();
    new Fetch(calls(), transport, LIMITS, meter)
        .fetch(
            contents.values().stream().map(c -> new Fetch.Wanted(c, 1)).iterator(),
            (content, buffer, offset, length) -> got.merge(content, 1, Integer::sum),
            lost::put);

    assertThat(got)
        .containsOnly(
            Map.entry(contents.get("whole"), 1), Map.entry(contents.get("beside wrong"), 1));
    assertThat(lost)
        .containsOnlyKeys(
            contents.get("unknown 1"),
            contents.get("unknown 2"),
            contents.get("lost"),
            contents.get("wrong"));
    assertThat(lost.get(contents.get("lost")))
        .isInstanceOf(MissingContentException.class)
        .hasMessageContaining(contents.get("lost").sha256().hex());
    assertThat(lost.get(contents.get("wrong"))).isInstanceOf(CorruptContentException.class);
  }

  private static UnreliableService.Fault wrongBytes() {
    return exchange -> {
      exchange.sendResponseHeaders(206, 5_000);
      exchange.getResponseBody().write(new byte[5_000]);
      return true;
    };
  }

  @Test
  void aCutPushDoesTheRestOnlyAndMakesTheSamePacks() throws IOException {
    for (int i = 0; i < 80; i++) {
      write(String.format("f%03d", i), 900_000);
    }
    service.next(100, "PUT", "/bucket/", counting(2));
    assertThatThrownBy(() -> push(files(), List.of(), ONE_AT_A_TIME))
        .isInstanceOf(IOException.class);
    List<String> arrived = List.copyOf(service.puts);
    assertThat(arrived).isNotEmpty();
    // As after a kill before uploads:done: one object is there that nobody recorded.
    String unrecorded = arrived.get(arrived.size() - 1);
    service.contents.values().removeIf(place -> place.toString().contains(unrecorded));
    struck = Integer.MIN_VALUE;
    push(files(), List.of(), ONE_AT_A_TIME);
    assertThat(service.puts).doesNotHaveDuplicates().hasSize(service.objects.size());
    assertThat(service.puts).as("objects of 80 files, 37 in each").hasSize(3);
    assertReadBack();
  }

  private volatile int struck;

  /** Lets some through and refuses the rest. */
  private UnreliableService.Fault counting(int passes) {
    return exchange -> {
      synchronized (this) {
        if (struck < 0 || struck++ < passes) {
          return false;
        }
      }
      return UnreliableService.status(400).strike(exchange);
    };
  }

  @Test
  void aFileThatChangesWhileItIsReadIsRefusedByName() throws IOException {
    write("a", 100);
    write("b/moving", 100);
    List<LocalFile> seen = files();
    try (OutputStream out =
        Files.newOutputStream(directory.resolve("b/moving"), StandardOpenOption.APPEND)) {
      out.write(1);
    }
    assertThatThrownBy(() -> push(seen, List.of()))
        .isInstanceOf(FileChangedException.class)
        .hasMessageContaining("b/moving");
    assertThat(service.entries).isEmpty();
  }

  @Test
  void aListingThatBreaksOffIsNotTakenForWhole() throws IOException {
    write("a", 1);
    push(files(), List.of());
    service.next(
        100,
        "GET",
        "/files",
        exchange -> {
          byte[] some = (service.entries.get("a") + "\n").getBytes();
          exchange.sendResponseHeaders(200, some.length);
          exchange.getResponseBody().write(some);
          return true;
        });
    assertThatThrownBy(this::entries).hasMessageContaining("broke off");
  }

  @Test
  void aListingThatBreaksOffGoesOnWhereItWas() throws IOException {
    write("a", 1);
    write("b/ü", 2);
    write("c", 3);
    push(files(), List.of());
    service.next(
        1,
        "GET",
        "/files",
        exchange -> {
          byte[] two =
              (service.entries.get("a") + "\n" + service.entries.get("b/ü") + "\n{").getBytes();
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(two);
          return true;
        });
    assertThat(entries())
        .extracting(entry -> entry.path().toString())
        .containsExactly("a", "b/ü", "c");
    assertThat(service.listings)
        .as("the rest alone was asked for")
        .singleElement()
        .satisfies(query -> assertThat(query).containsEntry("cursor", "Yi_DvA"));
  }

  @Test
  void aFileIsFoundAmongThoseThatBeginAlike() throws IOException {
    write("a/b", 1);
    write("a/bc", 2);
    write("big", Limits.PIECE_BYTES + 1);
    push(files(), List.of(), ONE_AT_A_TIME);
    for (FileEntry entry : entries()) {
      assertThat(calls().find(entry.path())).contains(entry);
    }
    assertThat(calls().find(FilePath.of("a"))).isEmpty();
    assertThat(calls().find(FilePath.of("none"))).isEmpty();
    assertThat(service.listings).last().satisfies(q -> assertThat(q).containsEntry("limit", "1"));
  }

  @Test
  void aDeletionAndAPutAreStagedInOrder() throws IOException {
    write("a/b", 1);
    List<FileEntry> base =
        List.of(
            new FileEntry(
                FilePath.of("a"), 0, new ContentId(ContentKind.BLOB, Sha256.of(new byte[0]))));
    assertThat(push(files(), base).changes())
        .extracting(Change::path)
        .containsExactly(FilePath.of("a"), FilePath.of("a/b"));
  }
}
