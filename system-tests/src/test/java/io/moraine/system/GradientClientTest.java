package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unmodified client of Gradient against the running stack. */
class GradientClientTest {
  private static final int MULTIPART_BYTES = 40_000_000;

  @TempDir private Path temporary;
  private final RunningStack stack = SystemStack.up();
  private final Random random = new Random(UUID.randomUUID().getMostSignificantBits());
  private Rest rest;
  private GradientClient gradient;
  private String provider;

  @BeforeEach
  void makeTeam() throws IOException {
    JsonNode team =
        stack
            .rest()
            .post("/teams", "{\"name\": \"team %s\"}".formatted(UUID.randomUUID()))
            .ok()
            .json();
    String key = team.get("key").get("key").textValue();
    rest = stack.rest().as(key);
    String url = stack.settings().get("MORAINE_DATASET_URL");
    Path home = Files.createDirectories(temporary.resolve("home"));
    gradient = GradientClient.of(home, url, key);
    provider = rest.get("/storageProviders").ok().json().get(0).get("id").textValue();
  }

  @Test
  void datasetsAreMadeListedChangedAndDeleted() {
    String id = createDataset("faces");

    assertThat(gradient.run("datasets", "list")).contains("faces", id, "Gradient Managed");
    assertThat(gradient.run("datasets", "details", "--id", id)).contains("faces", provider);
    assertThat(
            gradient.run(
                "datasets", "update", "--id", id, "--name", "people", "--description", "who"))
        .contains("Updated dataset: " + id);
    assertThat(gradient.run("datasets", "details", "--id", id)).contains("people", "who");
    assertThat(
            gradient.run("datasets", "create", "--name", "people", "--storageProviderId", provider))
        .contains("Failed to create resource: Your team already has a dataset called people");
    assertThat(gradient.run("datasets", "delete", "--id", id)).contains("Deleted dataset: " + id);
    assertThat(gradient.run("datasets", "details", "--id", id))
        .contains("Failed to fetch data: There is no dataset " + id);
    assertThat(gradient.run("datasets", "list")).contains("No data found");
  }

  @Test
  void morePagesThanOneAreListed() {
    for (int i = 0; i < 45; i++) {
      rest.post("/datasets", "{\"name\": \"d%02d\"}".formatted(i)).ok();
    }

    String listed = gradient.run("datasets", "list");

    IntStream.range(0, 45).forEach(i -> assertThat(listed).contains("| d%02d".formatted(i)));
  }

  @Test
  void filesArePutListedGotDeletedAndCommitted() throws IOException {
    Path source = Files.createDirectories(temporary.resolve("source"));
    write(source, "empty", 0);
    write(source, "a file with spaces + more.txt", 100);
    write(source, "ü/ö ß.txt", 2_000);
    write(source, "big.bin", MULTIPART_BYTES);
    for (int i = 0; i < 45; i++) {
      write(source, "many/%02d".formatted(i), 1_000 + i);
    }
    String dataset = createDataset("faces");
    String version = createVersion(dataset, "first");

    String put =
        gradient.run("datasets", "files", "put", "--id", version, "--source-path", source + "/");
    assertThat(put).doesNotContain("Failed", "Unable");

    assertThat(gradient.run("datasets", "files", "list", "--id", version))
        .contains("empty", "a file with spaces + more.txt", "big.bin", "40000000", "many/", "ü/")
        .doesNotContain("many/00");
    String all = gradient.run("datasets", "files", "list", "--id", version, "--recursive", "true");
    assertThat(all).contains("ü/ö ß.txt");
    IntStream.range(0, 45).forEach(i -> assertThat(all).contains("many/%02d".formatted(i)));
    assertThat(gradient.run("datasets", "files", "list", "--id", version, "--path", "many"))
        .contains("| 44 ");

    Path got = temporary.resolve("got");
    gradient.run("datasets", "files", "get", "--id", version, "--target-path", got.toString());
    assertThat(contents(got)).isEqualTo(contents(source));

    Path one = temporary.resolve("one.txt");
    gradient.run(
        "datasets",
        "files",
        "get",
        "--id",
        version,
        "--source-path",
        "ü/ö ß.txt",
        "--target-path",
        one.toString());
    assertThat(Files.mismatch(one, source.resolve("ü/ö ß.txt"))).isEqualTo(-1);

    gradient.run("datasets", "files", "delete", "--id", version, "--path", "big.bin");
    gradient.run("datasets", "files", "delete", "--id", version, "--path", "many");
    Files.delete(source.resolve("big.bin"));
    for (int i = 0; i < 45; i++) {
      Files.delete(source.resolve("many/%02d".formatted(i)));
    }
    assertThat(gradient.run("datasets", "versions", "commit", "--id", version))
        .contains("Committed dataset version: " + version);
    assertThat(gradient.run("datasets", "versions", "commit", "--id", version))
        .contains("Dataset version already committed");

    Path committed = temporary.resolve("committed");
    gradient.run(
        "datasets",
        "files",
        "get",
        "--id",
        dataset + ":latest",
        "--target-path",
        committed.toString());
    assertThat(contents(committed)).isEqualTo(contents(source));
  }

  @Test
  void aDirectoryBecomesAVersionAtOnce() throws IOException {
    Path source = Files.createDirectories(temporary.resolve("source"));
    write(source, "a/b", 10);
    write(source, "multipart.bin", 15_000_001);
    String dataset = createDataset("faces");

    String made =
        gradient.run(
            "datasets",
            "versions",
            "create",
            "--id",
            dataset,
            "--message",
            "all",
            "--source-path",
            source + "/");

    assertThat(made).contains("Committed dataset version: " + dataset + ":");
    Path got = temporary.resolve("got");
    gradient.run(
        "datasets", "files", "get", "--id", dataset + ":latest", "--target-path", got.toString());
    assertThat(contents(got)).isEqualTo(contents(source));
  }

  @Test
  void aCommittedVersionIsNotChangedByAnything() throws IOException {
    Path file = write(temporary, "a", 10);
    String dataset = createDataset("faces");
    String version = createVersion(dataset, "only");
    gradient.run("datasets", "files", "put", "--id", version, "--source-path", file.toString());
    String early = sign(version, "late");
    rest.delete(path(version) + "/files:announced").ok();
    gradient.run("datasets", "versions", "commit", "--id", version);

    write(temporary, "a", 20);
    for (String id : new String[] {version, dataset + ":latest"}) {
      assertThat(
              gradient.run(
                  "datasets", "files", "put", "--id", id, "--source-path", file.toString()))
          .contains("Failed to fetch data: " + version + " is committed");
      assertThat(gradient.run("datasets", "files", "delete", "--id", id, "--path", "a"))
          .contains("Failed to fetch data: " + version + " is committed");
    }
    assertThat(httpPut(early)).isEqualTo(403);

    assertThat(gradient.run("datasets", "files", "list", "--id", version))
        .contains("| a ", "| 10 ")
        .doesNotContain("late");
  }

  @Test
  void aPutThatFailsUnseenIsNamedByTheCommit() throws IOException {
    Path first = write(Files.createDirectories(temporary.resolve("x")), "a", 10);
    Path second = Files.createDirectories(temporary.resolve("y"));
    write(second, "a/b", 10);
    String version = createVersion(createDataset("faces"), "broken");
    gradient.run("datasets", "files", "put", "--id", version, "--source-path", first.toString());
    gradient.run("datasets", "files", "put", "--id", version, "--source-path", second + "/");

    assertThat(gradient.run("datasets", "versions", "commit", "--id", version))
        .contains("Failed to fetch data: " + version + ": 1 announced file never arrived: \"a/b\".")
        .doesNotContain("Committed");

    gradient.run("datasets", "files", "delete", "--id", version, "--path", "a");
    gradient.run("datasets", "files", "put", "--id", version, "--source-path", second + "/");
    assertThat(gradient.run("datasets", "versions", "commit", "--id", version))
        .contains("Committed dataset version: " + version);
  }

  @Test
  void nothingHangsOnAFileThatIsNotThere() {
    String dataset = createDataset("faces");
    String version = createVersion(dataset, "empty");
    Path target = temporary.resolve("nothing");

    gradient.run(
        "datasets",
        "files",
        "get",
        "--id",
        version,
        "--source-path",
        "none",
        "--target-path",
        target.toString());
    gradient.run("datasets", "files", "delete", "--id", version, "--path", "none");
    assertThat(gradient.run("datasets", "files", "list", "--id", version))
        .contains("No data found");
    assertThat(gradient.run("datasets", "files", "list", "--id", dataset + ":none"))
        .contains("Failed to fetch data: Dataset " + dataset + " has no version or tag none");
    assertThat(target).doesNotExist();
  }

  @Test
  void versionsAndTagsAreListedChangedAndDeleted() {
    String dataset = createDataset("faces");
    String version = createVersion(dataset, "first");
    assertThat(gradient.run("datasets", "tags", "set", "--id", version, "--name", "prod"))
        .contains("is not committed");
    assertThat(gradient.run("datasets", "versions", "list", "--id", dataset))
        .contains("No data found");
    assertThat(
            gradient.run("datasets", "versions", "list", "--id", dataset, "--isCommitted", "false"))
        .contains(version, "first");
    gradient.run("datasets", "versions", "commit", "--id", version);

    assertThat(gradient.run("datasets", "tags", "set", "--id", version, "--name", "prod"))
        .contains("Set dataset tag: " + dataset + ":prod");
    assertThat(gradient.run("datasets", "tags", "list", "--id", dataset)).contains(version, "prod");
    assertThat(
            gradient.run("datasets", "versions", "update", "--id", version, "--message", "renamed"))
        .contains("Updated dataset version: " + version);
    assertThat(gradient.run("datasets", "versions", "list", "--id", dataset))
        .contains(version, "renamed", "prod");
    assertThat(gradient.run("datasets", "versions", "details", "--id", dataset + ":prod"))
        .contains("renamed", "true");
    assertThat(gradient.run("datasets", "versions", "delete", "--id", version))
        .contains("Failed to delete resource: " + version + " is what the tag prod points at");
    assertThat(gradient.run("datasets", "tags", "delete", "--id", dataset + ":prod"))
        .contains("Deleted dataset tag: " + dataset + ":prod");
    assertThat(gradient.run("datasets", "versions", "delete", "--id", version))
        .contains("Deleted dataset version: " + version);
    assertThat(gradient.run("datasets", "versions", "details", "--id", version))
        .contains("Failed to fetch data: ");
  }

  @Test
  void publicDatasetsAreReadByTheirName() throws IOException {
    Path file = write(temporary, "a", 10);
    String namespace = rest.get("/teams/current").ok().json().get("id").textValue();
    String dataset = createDataset("mnist");
    String version = createVersion(dataset, "public");
    gradient.run("datasets", "files", "put", "--id", version, "--source-path", file.toString());
    gradient.run("datasets", "versions", "commit", "--id", version);
    rest.post("/datasets/" + dataset, "{\"isPublic\": true}").ok();
    String other =
        stack
            .rest()
            .post("/teams", "{\"name\": \"other %s\"}".formatted(UUID.randomUUID()))
            .ok()
            .json()
            .get("key")
            .get("key")
            .textValue();
    GradientClient stranger = gradient.withKey(other);
    Path got = temporary.resolve("got");

    assertThat(stranger.run("datasets", "details", "--id", namespace + "/mnist")).contains(dataset);
    assertThat(stranger.run("datasets", "files", "list", "--id", namespace + "/mnist:latest"))
        .contains("| a ");
    stranger.run(
        "datasets",
        "files",
        "get",
        "--id",
        namespace + "/mnist:latest",
        "--target-path",
        got.toString());
    assertThat(Files.mismatch(got.resolve("a"), file)).isEqualTo(-1);
    assertThat(
            stranger.run(
                "datasets", "files", "put", "--id", version, "--source-path", file.toString()))
        .contains("your team can read it, not change it");
  }

  @Test
  void storageProvidersAreListed() {
    assertThat(gradient.run("storageProviders", "list")).contains("Gradient Managed", provider);
    assertThat(gradient.run("storageProviders", "details", "--id", provider))
        .contains("Gradient Managed", "********");
  }

  @Test
  void anErrorIsOneLine() {
    assertThat(gradient.withKey("mk_none").run("datasets", "list").strip().lines())
        .last()
        .asString()
        .isEqualTo(
            "Failed to fetch data: No such API key. Send one in the header X-API-Key, or as Authorization: Bearer.");
  }

  @Test
  void secretsAreSetListedAndDeleted() {
    gradient.run("secrets", "set", "team", "--name", "token", "--value", "hush");
    assertThat(gradient.run("secrets", "list", "team")).contains("token").doesNotContain("hush");
    gradient.run("secrets", "set", "project", "--id", "p1", "--name", "other", "--value", "hush");
    assertThat(gradient.run("secrets", "list", "project", "--id", "p1")).contains("other");
    gradient.run("secrets", "delete", "team", "--name", "token");
    assertThat(gradient.run("secrets", "list", "team")).doesNotContain("token");
  }

  @Test
  void aWorkflowRuns() throws IOException {
    String dataset = createDataset("faces");
    String version = createVersion(dataset, "first");
    gradient.run("datasets", "versions", "commit", "--id", version);
    createDataset("models");
    String made = gradient.run("workflows", "create", "--name", "nightly", "--projectId", "p1");
    String id = found(made, "([0-9a-f]{8}-[0-9a-f-]{27})");
    Path spec =
        Files.writeString(
            temporary.resolve("spec.yaml"),
            """
            inputs:
              raw: {type: dataset, with: {ref: "faces:latest"}}
            jobs:
              train:
                uses: container@v1
                with: {image: "bash:5", args: ["true"]}
                inputs: {data: workflow.inputs.raw}
                outputs:
                  model: {type: dataset, with: {ref: models}}
            """);

    assertThat(gradient.run("workflows", "list", "--projectId", "p1")).contains("nightly", id);
    assertThat(gradient.run("workflows", "run", "--id", id, "--path", spec.toString()))
        .contains("Created workflow run wfr");
    assertThat(gradient.run("workflows", "get", "--id", id, "--show-runs"))
        .containsPattern("\\| 1 +\\| local +\\| (PENDING|RUNNING) +\\| wfr");
    String run = "workflow-" + id + "-1";
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofMinutes(2))
        .untilAsserted(
            () ->
                assertThat(
                        gradient.run("workflows", "get", "--id", id, "--show-runs", "--run", "1"))
                    .contains("\"phase\": \"RUNNING\"", version, run));
  }

  private String createDataset(String name) {
    return found(
        gradient.run("datasets", "create", "--name", name, "--storageProviderId", provider),
        "Created dataset: (dst[0-9a-z]{12})");
  }

  private String createVersion(String dataset, String message) {
    return found(
        gradient.run("datasets", "versions", "create", "--id", dataset, "--message", message),
        "Created dataset version: (dst[0-9a-z]{12}:[0-9a-z]{7})");
  }

  private static String found(String printed, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(printed);
    assertThat(matcher.find()).as(printed).isTrue();
    return matcher.group(1);
  }

  private static String path(String version) {
    return "/datasets/" + version.replace(":", "/versions/");
  }

  /** The URL of a put, as the client asks for it. */
  private String sign(String version, String key) {
    return rest.post(
            path(version) + "/s3/preSignedUrls",
            "{\"calls\": [{\"method\": \"putObject\", \"params\": {\"Key\": \"/%s\", \"ContentType\": \"text/plain\"}}]}"
                .formatted(key))
        .ok()
        .json()
        .get(0)
        .get("url")
        .textValue();
  }

  private static int httpPut(String url) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "text/plain")
            .PUT(HttpRequest.BodyPublishers.ofString("late"))
            .build();
    try {
      return HttpClient.newHttpClient()
          .send(request, HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Path write(Path directory, String path, int sizeBytes) throws IOException {
    byte[] bytes = new byte[sizeBytes];
    random.nextBytes(bytes);
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private static Map<String, Integer> contents(Path directory) throws IOException {
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        contents.put(
            directory.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}
