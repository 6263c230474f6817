package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories become versions and versions directories, by the command a user has. */
class PushPullTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BIG_BYTES = 40_000_000;

  @TempDir private Path temporary;
  private final RunningStack stack = SystemStack.up();

  /** Other bytes for each test: the store keeps equal ones once. */
  private final Random random = new Random(UUID.randomUUID().getMostSignificantBits());

  private final String dataset = "pushed-" + UUID.randomUUID();
  private Path source;

  @BeforeEach
  void write() throws IOException {
    source = Files.createDirectories(temporary.resolve("source"));
    write("a file with spaces", 10);
    write("ü/ö/ß.txt", 20);
    write(".hidden", 30);
    write(".dir/.hidden", 40);
    write("empty", 0);
    write("big.bin", BIG_BYTES);
    for (int i = 0; i < 300; i++) {
      write("many/" + i % 10 + "/" + i, random.nextInt(5_000));
    }
  }

  private void write(String path, int sizeBytes) throws IOException {
    byte[] bytes = new byte[sizeBytes];
    random.nextBytes(bytes);
    Path file = source.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private RunningStack.Result moraine(int exitCode, String... words) {
    RunningStack.Result result = stack.moraine(words);
    assertThat(result.exitCode()).as(result.out()).isEqualTo(exitCode);
    return result;
  }

  private JsonNode json(String... words) throws IOException {
    String[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = "--json";
    return JSON.readTree(moraine(0, all).out());
  }

  private static Map<String, String> hashes(Path directory) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        byte[] bytes = Files.readAllBytes(file);
        hashes.put(directory.relativize(file).toString(), Sha256.of(bytes).hex());
      }
    }
    return hashes;
  }

  @Test
  void aDirectoryIsPushedPushedAgainChangedComparedAndPulled() throws IOException {
    Path target = temporary.resolve("target");
    JsonNode first = json("push", source.toString(), dataset + ":one", "-m", "first");
    assertThat(first.get("isNew").booleanValue()).isTrue();
    assertThat(first.get("added").intValue()).isEqualTo(306);
    assertThat(first.get("sent").get("objects").intValue())
        .as("two pieces and one pack of everything else")
        .isEqualTo(3);

    assertNothingChanged(first, json("push", source.toString(), dataset));
    assertNothingChanged(first, json("push", source.toString(), dataset, "--rehash"));

    moraine(0, "pull", dataset + ":one", target.toString());
    assertThat(hashes(target)).isEqualTo(hashes(source));

    write("many/3/3", 777);
    Files.delete(source.resolve("many/4/4"));
    write("new", 5);
    JsonNode second = json("push", source.toString(), dataset + ":two", "-m", "second");
    assertThat(second.get("added").intValue()).isEqualTo(1);
    assertThat(second.get("changed").intValue()).isEqualTo(1);
    assertThat(second.get("deleted").intValue()).isEqualTo(1);
    assertThat(second.get("sent").get("bytes").intValue()).isLessThan(2_000);

    assertThat(moraine(0, "diff", dataset + ":one", dataset + ":two").out())
        .contains("~ many/3/3", "- many/4/4", "+ new", "1 files (5 B) added");
    assertThat(moraine(0, "log", dataset).out().lines())
        .hasSize(2)
        .first()
        .asString()
        .contains("second", "[two]");

    JsonNode pulled = json("pull", dataset, target.toString(), "--delete");
    assertThat(pulled.get("fetched").intValue()).isEqualTo(2);
    assertThat(pulled.get("deleted").intValue()).isEqualTo(1);
    assertThat(hashes(target)).isEqualTo(hashes(source));

    assertThat(json("verify", dataset).get("files").intValue()).isEqualTo(306);
    moraine(0, "tag", dataset + ":one", "prod");
    assertThat(json("verify", dataset + ":prod").get("version")).isEqualTo(first.get("version"));
    moraine(0, "tag", "--delete", dataset + ":prod");
    moraine(3, "verify", dataset + ":prod");
  }

  private static void assertNothingChanged(JsonNode first, JsonNode again) {
    assertThat(again.get("isNew").booleanValue()).isFalse();
    assertThat(again.get("version")).isEqualTo(first.get("version"));
    assertThat(again.get("sent").get("objects").intValue()).isZero();
  }

  @Test
  void aFileThatWasChangedHereIsNotOverwritten() throws IOException {
    Path target = temporary.resolve("target");
    moraine(0, "push", source.toString(), dataset);
    moraine(0, "pull", dataset, target.toString());
    Files.writeString(target.resolve("many/1/1"), "my own work");
    write("many/1/1", 50);
    write("many/2/2", 50);
    moraine(0, "push", source.toString(), dataset);

    assertThat(moraine(4, "pull", dataset, target.toString()).out())
        .contains("many/1/1", "--force")
        .doesNotContain("many/2/2");
    assertThat(target.resolve("many/1/1")).hasContent("my own work");
  }

  @Test
  void forceOverwritesAndOnlyDeleteDeletes() throws IOException {
    Path target = temporary.resolve("target");
    moraine(0, "push", source.toString(), dataset);
    moraine(0, "pull", dataset, target.toString());
    Files.writeString(target.resolve("many/1/1"), "my own work");
    Files.writeString(target.resolve("mine"), "nobody else has it");
    moraine(0, "pull", dataset, target.toString(), "--force");
    assertThat(target.resolve("mine")).exists();
    assertThat(moraine(4, "pull", dataset, target.toString(), "--delete").out()).contains("mine");
    moraine(0, "pull", dataset, target.toString(), "--delete", "--force");
    assertThat(hashes(target)).isEqualTo(hashes(source));
  }

  @Test
  void aKilledPushGoesOnWithWhatIsLeft() throws Exception {
    for (int i = 0; i < 8; i++) {
      write("more/" + i, 32 << 20);
    }
    long[] before = {objects()};
    Process push = stack.start(temporary.resolve("push.out"), "push", source.toString(), dataset);
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> objects() >= before[0] + 3 || !push.isAlive());
    kill(push);
    long arrived = objects() - before[0];
    JsonNode rest = json("push", source.toString(), dataset);
    assertThat(arrived).isGreaterThanOrEqualTo(3);
    // Eight files, two pieces of the big one, and one pack, or two of its halves.
    assertThat(rest.get("sent").get("objects").longValue()).isLessThanOrEqualTo(11 - arrived);
    moraine(0, "verify", dataset);
  }

  @Test
  void aKilledPullGoesOnWithWhatIsLeft() throws Exception {
    for (int i = 0; i < 8; i++) {
      write("more/" + i, 20_000_000);
    }
    moraine(0, "push", source.toString(), dataset);
    Path target = temporary.resolve("target");
    Process pull = stack.start(temporary.resolve("pull.out"), "pull", dataset, target.toString());
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> Files.exists(target.resolve("more/0")) || !pull.isAlive());
    kill(pull);
    JsonNode rest = json("pull", dataset, target.toString());
    assertThat(rest.get("unchanged").intValue()).isGreaterThanOrEqualTo(1);
    assertThat(hashes(target)).isEqualTo(hashes(source));
  }

  /** As kill -9 does, the script and the JVM that it may wait for. */
  private static void kill(Process process) throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  /** Objects that the bucket has. */
  private long objects() throws IOException {
    while (true) {
      try (Stream<Path> files = Files.walk(stack.home().resolve("s3"))) {
        return files
            .filter(file -> file.toString().matches(".*/(blobs|packs)/[0-9a-f]{2}/[0-9a-f]{64}"))
            .count();
      } catch (UncheckedIOException e) {
        // One was renamed while it was looked at: a count of some of them is none.
        continue;
      }
    }
  }

  @Test
  void singleFilesAreListedPutGotAndRemoved() throws Exception {
    moraine(0, "push", source.toString(), dataset);
    Path file = temporary.resolve("put");
    Files.writeString(file, "put alone", StandardCharsets.UTF_8);
    moraine(0, "files", "put", dataset, file.toString(), "put/ä b");
    moraine(0, "files", "rm", dataset, "many/1/1", "many/2/2");
    assertThat(moraine(0, "files", "list", dataset, "put").out()).contains("put/ä b");
    assertThat(moraine(0, "files", "get", dataset, "put/ä b").out()).isEqualTo("put alone");
    moraine(3, "files", "get", dataset, "many/1/1");
    moraine(3, "files", "rm", dataset, "none");
    Path got = temporary.resolve("got");
    moraine(0, "files", "get", dataset, "big.bin", got.toString());
    assertThat(Files.mismatch(got, source.resolve("big.bin"))).isEqualTo(-1);
    assertThat(moraine(0, "log", dataset).out().lines()).hasSize(3);
    assertThat(written("/dev/full", "files", "get", dataset, "big.bin")).isEqualTo(1);
    assertThat(written("/dev/full", "files", "list", dataset)).isEqualTo(1);
  }

  /** How a command ends whose output goes to {@code file}. */
  private int written(String file, String... words) throws Exception {
    Process command = stack.start(Path.of(file), words);
    assertThat(command.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return command.exitValue();
  }

  @Test
  void whatIsNotThereIs3AndLinksAre4() throws IOException {
    moraine(3, "pull", dataset, temporary.resolve("none").toString());
    moraine(3, "log", dataset);
    Files.createSymbolicLink(source.resolve("link"), Path.of("empty"));
    assertThat(moraine(4, "push", source.toString(), dataset).out()).contains("link");
    moraine(0, "push", source.toString(), dataset, "--skip-links");
  }
}
