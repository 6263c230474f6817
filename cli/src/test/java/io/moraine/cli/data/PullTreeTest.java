package io.moraine.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.ExitCode;
import io.moraine.cli.tree.StatCache;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.transfer.Endpoint;
import io.moraine.content.transfer.Fetch;
import io.moraine.content.transfer.TransferLimits;
import io.moraine.content.transfer.TransferMeter;
import io.moraine.content.transfer.Transport;
import io.moraine.content.transfer.VersionCalls;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pull makes of a directory, and what it leaves alone. */
class PullTreeTest {
  private static final TransferLimits ONCE =
      new TransferLimits(1, 1, 1, Duration.ofMillis(1), Duration.ofMillis(1));
  private static final Map<String, String> FIRST = Map.of("a", "a1", "b", "b1", "c", "c1");

  @TempDir private Path temporary;
  private Path root;
  private Path caches;
  private final List<String> said = new ArrayList<>();
  private ReadOnlyService service;
  private boolean force;
  private boolean delete;

  @BeforeEach
  void start() throws IOException {
    service = new ReadOnlyService();
    root = Files.createDirectory(temporary.toRealPath().resolve("root"));
    caches = temporary.resolve("caches");
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private PullTree.Done pull(Map<String, String> version) throws IOException {
    return pull(service.holds(version));
  }

  private PullTree.Done pull(List<FileEntry> entries) throws IOException {
    TransferMeter meter = new TransferMeter();
    Transport transport = new Transport(ONCE);
    VersionCalls calls =
        new VersionCalls(new Endpoint(service.uri(), Map.of()), transport, meter, "d", "v");
    return new PullTree(
            new TreeMemory(caches, root, said::add),
            new Fetch(calls, transport, ONCE, meter),
            meter,
            FileTime.from(Instant.parse("2020-01-01T00:00:00Z")))
        .pull(new PullPlan.Wanted(entries, force, delete), ReadOnlyService.digest(entries));
  }

  private AbstractThrowableAssert<?, ?> assertRefused(Map<String, String> version) {
    return assertThatThrownBy(() -> pull(version))
        .isInstanceOfSatisfying(
            CommandFailed.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED));
  }

  /** The user's files. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : (Iterable<Path>) all.filter(this::isUsers)::iterator) {
        files.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }

  private boolean isUsers(Path file) {
    return Files.isRegularFile(file) && !file.startsWith(pulling());
  }

  private Path pulling() {
    return root.resolve(".moraine-pull");
  }

  private void write(String path, String text) throws IOException {
    Files.writeString(root.resolve(path), text);
  }

  private static ContentId content(String text) {
    return new ContentId(ContentKind.BLOB, Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Places {@code a} and {@code b} of another version, and breaks off. */
  private void breakOff() {
    service.asked = content -> content.equals(content("c2 broken")) ? 500 : 206;
    assertThatThrownBy(() -> pull(Map.of("a", "a2", "b", "b2 longer", "c", "c2 broken")))
        .isInstanceOf(IOException.class);
    service.asked = content -> 206;
  }

  @Test
  void aPullThatBrokeOffIsNotInTheWayOfAnotherVersion() throws IOException {
    pull(FIRST);
    breakOff();
    assertThat(files()).containsEntry("b", "b2 longer").containsEntry("c", "c1");
    Map<String, String> third = Map.of("a", "a3", "b", "b3", "c", "c3");
    pull(third);
    assertThat(files()).isEqualTo(third);
    assertThat(pulling()).doesNotExist();
    breakOff();
    pull(FIRST);
    assertThat(files()).isEqualTo(FIRST);
  }

  @Test
  void whatIsChangedAfterAPullThatBrokeOffIsNotOverwritten() throws IOException {
    pull(FIRST);
    breakOff();
    write("a", "my");
    assertRefused(Map.of("a", "a3", "b", "b3", "c", "c3"))
        .hasMessageContaining("\"a\"")
        .hasMessageNotContaining("\"b\"");
    assertThat(files()).containsEntry("a", "my").containsEntry("b", "b2 longer");
  }

  @Test
  void whereNothingCanBeRememberedFilesComeAllTheSame() throws IOException {
    Files.createFile(caches);
    pull(FIRST);
    assertThat(said).singleElement().asString().contains(root.toString(), "cannot be remembered");
    Map<String, String> second = Map.of("a", "a2", "b", "b2", "c", "c2");
    pull(second);
    assertThat(files()).isEqualTo(second);
  }

  @Test
  void whatChangesWhileOthersAreFetchedIsNotDeleted() throws IOException {
    pull(FIRST);
    delete = true;
    service.asked =
        content -> {
          write("b", "changed meanwhile");
          return 206;
        };
    assertRefused(Map.of("a", "a2"))
        .hasMessageContaining("\"b\"")
        .hasMessageContaining("not deleted");
    assertThat(files()).isEqualTo(Map.of("a", "a2", "b", "changed meanwhile"));
  }

  private static final Map<String, String> ONE_WAY =
      Map.of("x", "file", "y/1", "one", "y/deep/2", "two", "z", "stays");
  private static final Map<String, String> OTHER_WAY =
      Map.of("x/1", "one", "x/deep/2", "two", "x-", "sorts between", "y", "file", "z", "stays");

  @Test
  void aFileBecomesADirectoryAndADirectoryAFile() throws IOException {
    pull(ONE_WAY);
    assertThat(pull(OTHER_WAY).deleted()).isEqualTo(3);
    assertThat(files()).isEqualTo(OTHER_WAY);
    delete = true;
    pull(ONE_WAY);
    assertThat(files()).isEqualTo(ONE_WAY);
  }

  @Test
  void whatNobodyElseHasDoesNotMakeWay() throws IOException {
    pull(ONE_WAY);
    write("x", "mine");
    write("y/mine", "mine too");
    assertRefused(OTHER_WAY)
        .hasMessageContaining("\"x\" (where the version has a directory)")
        .hasMessageContaining("\"y/mine\" (in a directory where the version has a file")
        .hasMessageNotContaining("y/1")
        .satisfies(e -> assertThat(e.getMessage().split("\"x")).as("named once").hasSize(2));
    force = true;
    assertRefused(OTHER_WAY).hasMessageContaining("y/mine").hasMessageNotContaining("\"x\"");
    assertThat(files()).containsEntry("x", "mine").containsEntry("y/mine", "mine too");
    delete = true;
    pull(OTHER_WAY);
    assertThat(files()).isEqualTo(OTHER_WAY);
  }

  @Test
  void aLinkIsNeverFollowedNorReplacedByADirectory() throws IOException {
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Files.createSymbolicLink(root.resolve("x"), elsewhere);
    force = true;
    delete = true;
    assertRefused(Map.of("x/1", "one", "x/2", "two"))
        .hasMessageContaining("\"x\" (not a directory)");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aVersionThatHasFilesWhereAPullWorksIsRefusedByName() throws IOException {
    assertRefused(Map.of("a", "1", ".moraine-pull/b", "2")).hasMessageContaining(".moraine-pull/b");
    assertThat(files()).isEmpty();
  }

  /** 32 MiB and a little more. */
  private static byte[] twoPieces() {
    byte[] bytes = new byte[Limits.PIECE_BYTES + 1_000];
    new Random(3).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aLargeFileGoesOnWithThePieceThatIsMissing() throws IOException {
    byte[] bytes = twoPieces();
    List<FileEntry> version = service.holdsInPieces("large", bytes);
    byte[] tail = Arrays.copyOfRange(bytes, Limits.PIECE_BYTES, bytes.length);
    ContentId last = new ContentId(ContentKind.BLOB, Sha256.of(tail));
    service.asked = content -> content.equals(last) ? 500 : 206;
    assertThatThrownBy(() -> pull(version)).isInstanceOf(IOException.class);
    assertThat(root.resolve("large")).doesNotExist();

    List<ContentId> asked = new CopyOnWriteArrayList<>();
    service.asked =
        content -> {
          asked.add(content);
          return 206;
        };
    assertThat(pull(version).fetched()).isEqualTo(1);

    assertThat(Files.readAllBytes(root.resolve("large"))).isEqualTo(bytes);
    assertThat(asked)
        .containsExactlyInAnyOrder(
            last, new ContentId(ContentKind.BLOB, version.get(0).content().sha256()));
    assertThat(pulling()).doesNotExist();
  }

  @Test
  void aLargeFileIsReadOnceMoreBeforeItIsTrusted() throws IOException {
    List<FileEntry> version = service.holdsInPieces("large", twoPieces());
    pull(version);
    assertThat(StatCache.load(caches, root).files())
        .extracting(f -> f.isTrusted())
        .isEqualTo(List.of(false));

    assertThat(pull(version).unchanged()).isEqualTo(1);
    assertThat(StatCache.load(caches, root).files())
        .extracting(f -> f.isTrusted())
        .isEqualTo(List.of(true));
  }
}
