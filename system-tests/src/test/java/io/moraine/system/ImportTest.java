package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Imports through {@code kill -9}, and by the command a user has. */
class ImportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int MIB = 1 << 20;
  private static final int PIECE = 32 * MIB;

  private final RunningStack stack = SystemStack.up();
  private final Rest rest = stack.rest();
  private final Datasets datasets = new Datasets(rest);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** How many parts of an answer may be sent. */
  private final Semaphore parts = new Semaphore(0);

  /** Where answers began, in order. */
  private final List<Integer> offsets = new CopyOnWriteArrayList<>();

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** Serves a file in parts, each when it may. */
  private void serve(String path, byte[] bytes, int partBytes) {
    server.createContext(path, exchange -> serve(exchange, bytes, partBytes));
  }

  private void serve(HttpExchange exchange, byte[] bytes, int partBytes) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int offset = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    exchange.getResponseHeaders().set("ETag", "\"same\"");
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(offset, bytes.length - 1, bytes.length));
    exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length - offset);
    offsets.add(offset);
    OutputStream out = exchange.getResponseBody();
    try (exchange) {
      for (int at = offset; at < bytes.length; at += partBytes) {
        parts.acquire();
        out.write(bytes, at, Math.min(partBytes, bytes.length - at));
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String begin(String dataset, String path) {
    return rest.post(
            "/datasets/" + dataset + "/imports",
            "{\"source\": {\"type\": \"url\", \"url\": \"%s\"}}".formatted(url(path)))
        .ok()
        .json()
        .get("id")
        .textValue();
  }

  private JsonNode find(String dataset, String id) {
    return rest.get("/datasets/" + dataset + "/imports/" + id).ok().json();
  }

  private JsonNode awaitEnd(String dataset, String id) {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> find(dataset, id),
            now -> Set.of("done", "failed", "cancelled").contains(now.get("state").textValue()));
  }

  private void awaitBytes(String dataset, String id, long bytes) {
    await()
        .atMost(PATIENCE)
        .until(() -> find(dataset, id).get("progress").get("bytes").longValue() >= bytes);
  }

  private void kill() {
    ProcessHandle victim = stack.process("dataset-service");
    victim.destroyForcibly();
    await().atMost(Duration.ofSeconds(30)).until(() -> !victim.isAlive());
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(UUID.randomUUID().getMostSignificantBits()).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aLargeFileGoesOnWhereItWasKilled() throws Exception {
    String dataset = datasets.create("import-large");
    byte[] large = random(6 * PIECE + 5);
    serve("/large.bin", large, PIECE);
    String id = begin(dataset, "/large.bin");
    parts.release(3);
    awaitBytes(dataset, id, 3L * PIECE);
    // What is stored is written down with the first piece that comes after five seconds.
    await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
    parts.release(2);
    awaitBytes(dataset, id, 5L * PIECE);

    kill();
    parts.release(100);
    JsonNode end = awaitEnd(dataset, id);

    assertThat(end.get("state").textValue()).as(end.toString()).isEqualTo("done");
    assertOneVersion(dataset, end);
    String file = "/datasets/%s/versions/latest/files/large.bin".formatted(dataset);
    assertThat(Sha256.of(rest.get(file).ok().body())).isEqualTo(Sha256.of(large));
    assertThat(offsets.get(offsets.size() - 1)).isGreaterThanOrEqualTo(PIECE);
  }

  @ParameterizedTest
  @CsvSource({"0", "3", "6", "9"})
  void anArchiveIsOneVersionWheneverItIsKilled(int partsBefore) throws Exception {
    String dataset = datasets.create("import-archive");
    byte[] archive = zip(200);
    serve("/files.zip", archive, archive.length / 9 + 1);
    String id = begin(dataset, "/files.zip");
    parts.release(partsBefore);
    if (partsBefore > 0 && partsBefore < 9) {
      awaitBytes(dataset, id, 1);
    }

    kill();
    parts.release(100);
    JsonNode end = awaitEnd(dataset, id);

    assertThat(end.get("state").textValue()).as(end.toString()).isEqualTo("done");
    assertOneVersion(dataset, end);
    assertThat(end.get("progress").get("files").intValue()).isEqualTo(200);
    assertThat(datasets.contents(dataset, "latest"))
        .hasSize(200)
        .containsEntry("d/7", "file 7 " + "x".repeat(7));
  }

  private void assertOneVersion(String dataset, JsonNode end) {
    JsonNode versions = rest.get("/datasets/" + dataset + "/versions").ok().json();
    assertThat(versions).hasSize(1);
    assertThat(versions.get(0).get("isCommitted").booleanValue()).isTrue();
    assertThat(versions.get(0).get("version")).isEqualTo(end.get("version"));
  }

  private static byte[] zip(int files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < files; i++) {
        zip.putNextEntry(new ZipEntry("d/" + i));
        zip.write(("file " + i + " " + "x".repeat(i)).getBytes());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private RunningStack.Result moraine(int exitCode, String... words) {
    RunningStack.Result result = stack.moraine(words);
    assertThat(result.exitCode()).as(result.out()).isEqualTo(exitCode);
    return result;
  }

  @Test
  void theCommandImportsFromAUrlAndShowsWhatBecameOfIt() throws Exception {
    String dataset = "imported-" + UUID.randomUUID();
    byte[] archive = zip(20);
    serve("/files.zip", archive, archive.length);
    parts.release(100);

    JsonNode end =
        JSON.readTree(moraine(0, "import", url("/files.zip"), dataset + ":raw", "--json").out());

    assertThat(end.get("state").textValue()).isEqualTo("done");
    assertThat(end.get("progress").get("files").intValue()).isEqualTo(20);
    String id = end.get("id").textValue();
    assertThat(moraine(0, "import", id, dataset).out()).contains("20 files imported");
    assertThat(moraine(0, "log", dataset).out()).contains(url("/files.zip"));
    moraine(4, "import", id, dataset, "--cancel");
    moraine(3, "import", "im000000000000", dataset);
  }

  @Test
  void theCommandFailsWithTheReasonAndCancels() {
    String dataset = "imported-" + UUID.randomUUID();
    serve("/never", new byte[10], 10);

    moraine(1, "import", url("/nothing"), dataset);
    String id = moraine(0, "import", url("/never"), dataset, "--detach").out().strip();
    RunningStack.Result cancelled = moraine(0, "import", id, dataset, "--cancel");

    assertThat(cancelled.out()).contains("is cancelled");
  }

  /** Its source are the objects of another dataset, in a bucket that is the team's own. */
  @Test
  void theCommandImportsByReferenceAndWhatItBecameIsPulledAndVerified(@TempDir Path directory)
      throws Exception {
    String name = "lake-" + UUID.randomUUID();
    String provider = newProvider(name);
    byte[] large = random(PIECE);
    String object = Sha256.of(large).hex();
    Files.write(Files.createDirectory(directory.resolve("source")).resolve("large"), large);
    rest.post(
            "/datasets",
            "{\"name\": \"%s\", \"storageProviderId\": \"%s\"}".formatted(name, provider))
        .ok();
    moraine(0, "push", directory.resolve("source").toString(), name);
    String team = rest.get("/teams/current").ok().json().get("id").textValue();
    String bucket = stack.settings().get("MORAINE_S3_BUCKET");
    String blobs = "s3://%s/%s/%s/blobs/".formatted(bucket, name, team);
    String dataset = "imported-" + UUID.randomUUID();

    moraine(0, "import", blobs, dataset, "--provider", provider, "--reference");
    moraine(0, "pull", dataset, directory.resolve("pulled").toString());

    String path = object.substring(0, 2) + "/" + object;
    assertThat(Files.readAllBytes(directory.resolve("pulled").resolve(path))).isEqualTo(large);
    assertThat(moraine(0, "log", dataset).out()).contains("by reference");
    moraine(0, "verify", dataset);

    Path stored = stack.home().resolve("s3/buckets").resolve(bucket).resolve(name).resolve(team);
    Files.delete(stored.resolve("blobs").resolve(path));
    RunningStack.Result gone = stack.moraine("verify", dataset);
    assertThat(gone.exitCode()).as(gone.out()).isNotZero();
    assertThat(gone.out()).contains(path);
  }

  private String newProvider(String prefix) {
    return rest.post(
            "/storageProviders",
            """
            {"type": "s3", "name": "%1$s", "config": {"prefix": "%1$s", "bucket": "%2$s", "endpoint": "%3$s",
             "accessKey": "%4$s", "secretAccessKey": "%5$s"}}
            """
                .formatted(
                    prefix,
                    stack.settings().get("MORAINE_S3_BUCKET"),
                    stack.settings().get("MORAINE_S3_ENDPOINT"),
                    stack.settings().get("MORAINE_S3_ACCESS_KEY"),
                    stack.settings().get("MORAINE_S3_SECRET_KEY")))
        .ok()
        .json()
        .get("id")
        .textValue();
  }

  @Test
  void theCommandImportsADirectoryAsAPushThatSaysWhereFrom(@TempDir Path directory)
      throws Exception {
    String dataset = "imported-" + UUID.randomUUID();
    Files.writeString(directory.resolve("a"), "a " + dataset);

    moraine(0, "import", directory.toString(), dataset, "-m", "Mine");

    JsonNode version = rest.get("/datasets/" + dataset + "/versions/latest").ok().json();
    assertThat(version.get("message").textValue())
        .startsWith("Mine\n\nImported from ")
        .endsWith(directory.toString());
  }
}
