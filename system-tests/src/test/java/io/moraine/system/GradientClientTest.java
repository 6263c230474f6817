package io.moraine.system;

import static io.moraine.system.RandomFiles.contents;
import static io.moraine.system.RandomFiles.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unmodified client of Gradient against the running stack: datasets, versions, tags, files. */
class GradientClientTest {
  private static final int MULTIPART_BYTES = 40_000_000;

  /** The largest file that the client puts in one piece. */
  private static final int ONE_PUT_BYTES = 15_000_000;

  /** What URLs and XML have signs for. */
  private static final String ODD_NAME = "odd & <b> %41#?;='\"~\\.txt";

  @TempDir private Path temporary;
  private GradientTeam team;

  @BeforeEach
  void makeTeam() throws IOException {
    team = GradientTeam.create(SystemStack.up(), temporary.resolve("home"));
  }

  @Test
  void datasetsAreMadeListedChangedAndDeleted() {
    String id = team.createDataset("faces");

    assertThat(team.run("datasets", "list")).contains("faces", id, "Gradient Managed");
    assertThat(team.run("datasets", "details", "--id", id)).contains("faces", team.provider());
    assertThat(
            team.run("datasets", "update", "--id", id, "--name", "people", "--description", "who"))
        .contains("Updated dataset: " + id);
    assertThat(team.run("datasets", "details", "--id", id)).contains("people", "who");
    assertThat(team.run("datasets", "update", "--id", id, "--description", ""))
        .contains("Updated dataset: " + id);
    assertThat(team.run("datasets", "update", "--id", id)).contains("Updated dataset: " + id);
    assertThat(team.run("datasets", "details", "--id", id))
        .contains("people")
        .doesNotContain("who");
    assertThat(
            team.run(
                "datasets", "create", "--name", "people", "--storageProviderId", team.provider()))
        .contains("Failed to create resource: Your team already has a dataset called people");
    assertThat(team.run("datasets", "delete", "--id", id)).contains("Deleted dataset: " + id);
    assertThat(team.run("datasets", "details", "--id", id))
        .contains("Failed to fetch data: There is no dataset " + id);
    assertThat(team.run("datasets", "delete", "--id", id))
        .contains("Failed to delete resource: There is no dataset " + id);
    assertThat(team.run("datasets", "list")).contains("No data found");
  }

  @Test
  void morePagesThanOneAreListed() {
    for (int i = 0; i < 45; i++) {
      team.rest().post("/datasets", "{\"name\": \"d%02d\"}".formatted(i)).ok();
    }
    String versions = "/datasets/d00/versions";
    for (int i = 0; i < 22; i++) {
      team.rest().post(versions, "{\"message\": \"draft %02d\"}".formatted(i)).ok();
    }
    String version = team.rest().post(versions, "{}").ok().json().get("version").textValue();
    team.rest().post(versions + "/" + version, "{\"isCommitted\": true}").ok();
    for (int i = 0; i < 22; i++) {
      team.rest()
          .putJson(
              "/datasets/d00/tags/t%02d".formatted(i), "{\"version\": \"%s\"}".formatted(version))
          .ok();
    }

    String datasets = team.run("datasets", "list");
    String drafts =
        team.run("datasets", "versions", "list", "--id", "d00", "--isCommitted", "false");
    String tags = team.run("datasets", "tags", "list", "--id", "d00");

    IntStream.range(0, 45).forEach(i -> assertThat(datasets).contains("| d%02d ".formatted(i)));
    IntStream.range(0, 22).forEach(i -> assertThat(drafts).contains("| draft %02d ".formatted(i)));
    IntStream.range(0, 22).forEach(i -> assertThat(tags).contains("| t%02d ".formatted(i)));
  }

  @Test
  void filesArePutListedGotDeletedAndCommitted() throws IOException {
    Path source = Files.createDirectories(temporary.resolve("source"));
    write(source, "empty", 0);
    write(source, "a file with spaces + more.txt", 100);
    write(source, "ü/ö ß.txt", 2_000);
    write(source, ODD_NAME, 300);
    write(source, "one-put.bin", ONE_PUT_BYTES);
    write(source, "big.bin", MULTIPART_BYTES);
    for (int i = 0; i < 45; i++) {
      write(source, "many/%02d".formatted(i), 1_000 + i);
    }
    String dataset = team.createDataset("faces");
    String version = team.createVersion(dataset, "first");

    String put =
        team.run("datasets", "files", "put", "--id", version, "--source-path", source + "/");
    assertThat(put).doesNotContain("Failed", "Unable");

    assertThat(list(version))
        .contains("empty", "a file with spaces + more.txt", "big.bin", "40000000", "many/", "ü/")
        .contains("| one-put.bin ", "| 15000000 |", ODD_NAME)
        .doesNotContain("many/00");
    String all = list(version, "--recursive", "true");
    assertThat(all).contains("ü/ö ß.txt");
    IntStream.range(0, 45).forEach(i -> assertThat(all).contains("many/%02d".formatted(i)));
    assertThat(list(version, "--path", "many")).contains("| 00 ", "| 44 ");
    assertThat(list(version, "--path", "ü")).contains("| ö ß.txt ", "| 2000 |");

    assertThat(contents(got(version))).isEqualTo(contents(source));
    Path one = temporary.resolve("one.txt");
    team.run(
        "datasets",
        "files",
        "get",
        "--id",
        version,
        "--source-path",
        "ü/ö ß.txt",
        "--target-path",
        one.toString());
    assertThat(one).hasSameBinaryContentAs(source.resolve("ü/ö ß.txt"));

    team.run("datasets", "files", "delete", "--id", version, "--path", "big.bin");
    team.run("datasets", "files", "delete", "--id", version, "--path", "many");
    Map<String, Sha256> left = contents(source);
    left.keySet().removeIf(path -> path.equals("big.bin") || path.startsWith("many/"));
    assertThat(team.run("datasets", "versions", "commit", "--id", version))
        .contains("Committed dataset version: " + version);
    assertThat(team.run("datasets", "versions", "commit", "--id", version))
        .contains("Dataset version already committed");
    assertThat(contents(got(dataset + ":latest"))).isEqualTo(left);
  }

  @Test
  void directoriesGoWhereTheirPathSays() throws IOException {
    Path source = Files.createDirectories(temporary.resolve("source"));
    write(source, "a", 10);
    write(source, "deep/er/b", 20);
    team.createDataset("faces");
    String version = team.createVersion("faces", "by name");

    put(version, source.toString(), "--target-path", "whole");
    put(version, source + "/", "--target-path", "/inside/");
    put(version, source.resolve("a").toString(), "--source-path", source.resolve("deep") + "/");
    Map<String, Sha256> expected = new TreeMap<>();
    contents(source)
        .forEach(
            (path, digest) -> {
              expected.put("whole/source/" + path, digest);
              expected.put("inside/" + path, digest);
              expected.put(path.replace("deep/er", "er"), digest);
            });
    assertThat(contents(got(version))).isEqualTo(expected);

    Path whole = got(version, "--source-path", "inside/deep");
    assertThat(contents(whole)).containsOnlyKeys("inside/deep/er/b");
    Path inside = got(version, "--source-path", "inside/deep/", "--source-path", "whole/source/");
    assertThat(contents(inside)).containsOnlyKeys("er/b", "a", "deep/er/b");

    write(source, "a", 30);
    put(version, source.resolve("a").toString());
    assertThat(got(version, "--source-path", "/").resolve("a"))
        .hasSameBinaryContentAs(source.resolve("a"));
    team.run("datasets", "files", "delete", "--id", version);
    assertThat(list(version)).contains("No data found");
  }

  @Test
  void aDirectoryBecomesAVersionAtOnce() throws IOException {
    Path source = Files.createDirectories(temporary.resolve("source"));
    write(source, "a/b", 10);
    write(source, "multipart.bin", ONE_PUT_BYTES + 1);
    String dataset = team.createDataset("faces");

    String made =
        team.run(
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
    assertThat(contents(got("faces:latest"))).isEqualTo(contents(source));
  }

  @Test
  void aCommittedVersionIsNotChangedByAnything() throws IOException {
    Path file = write(temporary, "a", 10);
    String dataset = team.createDataset("faces");
    String version = team.createVersion(dataset, "only");
    put(version, file.toString());
    String early = sign(version, "late");
    team.rest().delete(GradientTeam.path(version) + "/files:announced").ok();
    team.run("datasets", "versions", "commit", "--id", version);
    Map<String, Sha256> before = contents(got(version));

    write(temporary, "a", 20);
    for (String id : new String[] {version, dataset + ":latest"}) {
      assertThat(put(id, file.toString()))
          .contains("Failed to fetch data: " + version + " is committed");
      assertThat(team.run("datasets", "files", "delete", "--id", id, "--path", "a"))
          .contains("Failed to fetch data: " + version + " is committed");
    }
    assertThat(httpPut(early)).isEqualTo(403);

    assertThat(contents(got(version))).isEqualTo(before);
  }

  @Test
  void aFileThatCannotBePutIsNamedByTheCommit() throws IOException {
    Path first = write(Files.createDirectories(temporary.resolve("x")), "a", 10);
    Path second = Files.createDirectories(temporary.resolve("y"));
    write(second, "a/b", 10);
    String version = team.createVersion(team.createDataset("faces"), "broken");
    put(version, first.toString());
    put(version, second + "/");

    assertThat(team.run("datasets", "versions", "commit", "--id", version))
        .contains("Failed to fetch data: " + version + ": 1 announced file never arrived: \"a/b\".")
        .doesNotContain("Committed");

    team.run("datasets", "files", "delete", "--id", version, "--path", "a");
    put(version, second + "/");
    assertThat(team.run("datasets", "versions", "commit", "--id", version))
        .contains("Committed dataset version: " + version);
    assertThat(contents(got(version))).isEqualTo(contents(second));
  }

  @Test
  void versionsAndTagsAreListedChangedAndDeleted() {
    String dataset = team.createDataset("faces");
    String version = team.createVersion(dataset, "first");
    assertThat(team.run("datasets", "tags", "set", "--id", version, "--name", "prod"))
        .contains("is not committed");
    assertThat(team.run("datasets", "versions", "list", "--id", dataset)).contains("No data found");
    assertThat(team.run("datasets", "versions", "list", "--id", dataset, "--isCommitted", "false"))
        .contains(version, "first");
    team.run("datasets", "versions", "commit", "--id", version);

    assertThat(team.run("datasets", "tags", "set", "--id", version, "--name", "prod"))
        .contains("Set dataset tag: " + dataset + ":prod");
    assertThat(team.run("datasets", "tags", "list", "--id", dataset)).contains(version, "prod");
    assertThat(team.run("datasets", "versions", "update", "--id", version, "--message", "renamed"))
        .contains("Updated dataset version: " + version);
    assertThat(team.run("datasets", "versions", "list", "--id", dataset))
        .contains(version, "renamed", "prod");
    assertThat(team.run("datasets", "versions", "details", "--id", dataset + ":prod"))
        .contains("renamed", "true");
    for (String name : new String[] {"latest", version.split(":")[1], "Not A Tag"}) {
      assertThat(team.run("datasets", "tags", "set", "--id", version, "--name", name))
          .contains("Failed to fetch data: ");
    }
    assertThat(team.run("datasets", "versions", "update", "--id", dataset + ":prod"))
        .contains("Failed to fetch data: \"prod\" is a name that may move.");

    String second = team.createVersion(dataset, "second");
    team.run("datasets", "versions", "commit", "--id", second);
    team.run("datasets", "tags", "set", "--id", second, "--name", "prod");
    assertThat(team.run("datasets", "versions", "details", "--id", dataset + ":prod"))
        .contains("second");
    assertThat(team.run("datasets", "versions", "delete", "--id", second))
        .contains("Failed to delete resource: " + second + " is what the tag prod points at");
    assertThat(team.run("datasets", "versions", "delete", "--id", version))
        .contains("Deleted dataset version: " + version);
    assertThat(team.run("datasets", "tags", "delete", "--id", dataset + ":prod"))
        .contains("Deleted dataset tag: " + dataset + ":prod");
    assertThat(team.run("datasets", "tags", "list", "--id", dataset)).contains("No data found");
    assertThat(team.run("datasets", "versions", "details", "--id", version))
        .contains("Failed to fetch data: ");
  }

  @Test
  void publicDatasetsAreReadByTheirName() throws IOException {
    Path file = write(temporary, "a", 10);
    String dataset = team.createDataset("mnist");
    String version = team.createVersion(dataset, "public");
    put(version, file.toString());
    team.run("datasets", "versions", "commit", "--id", version);
    GradientTeam other = GradientTeam.create(SystemStack.up(), temporary.resolve("other"));
    String mnist = team.rest().get("/teams/current").ok().json().get("name").textValue() + "/mnist";
    assertThat(other.run("datasets", "details", "--id", mnist))
        .contains("Failed to fetch data: There is no dataset " + mnist);

    team.rest().post("/datasets/" + dataset, "{\"isPublic\": true}").ok();

    for (String name : new String[] {mnist, team.id() + "/mnist", dataset}) {
      assertThat(other.run("datasets", "details", "--id", name)).contains(dataset);
      assertThat(other.run("datasets", "files", "list", "--id", name + ":latest")).contains("| a ");
      Path got = Files.createTempDirectory(temporary, "got");
      other.run(
          "datasets", "files", "get", "--id", name + ":latest", "--target-path", got.toString());
      assertThat(got.resolve("a")).hasSameBinaryContentAs(file);
      assertThat(other.run("datasets", "versions", "list", "--id", name)).contains("public");
      assertThat(other.run("datasets", "versions", "details", "--id", name + ":latest"))
          .contains("public", "true");
      assertThat(other.run("datasets", "tags", "list", "--id", name)).contains("No data found");
    }
    assertThat(other.run("datasets", "list")).contains("No data found");
  }

  @Test
  void publicDatasetsAreChangedByNobodyElse() throws IOException {
    Path file = write(temporary, "a", 10);
    String dataset = team.createDataset("mnist");
    String version = team.createVersion(dataset, "public");
    put(version, file.toString());
    team.run("datasets", "versions", "commit", "--id", version);
    team.rest().post("/datasets/" + dataset, "{\"isPublic\": true}").ok();
    String draft = team.createVersion(dataset, "draft");
    GradientTeam other = GradientTeam.create(SystemStack.up(), temporary.resolve("other"));
    String mine = "your team can read it, not change it";

    for (String name : new String[] {dataset, team.id() + "/mnist"}) {
      String latest = name + ":" + version.split(":")[1];
      assertThat(
              other.run(
                  "datasets", "files", "put", "--id", latest, "--source-path", file.toString()))
          .contains("Failed to fetch data: ", mine);
      assertThat(other.run("datasets", "files", "delete", "--id", latest, "--path", "a"))
          .contains("Failed to fetch data: ", mine);
      for (String[] command :
          new String[][] {
            {"datasets", "update", "--id", name, "--name", "stolen"},
            {"datasets", "delete", "--id", name},
            {"datasets", "versions", "create", "--id", name},
            {"datasets", "versions", "update", "--id", latest, "--message", "stolen"},
            {"datasets", "versions", "delete", "--id", latest},
            {"datasets", "tags", "set", "--id", latest, "--name", "stolen"},
            {"datasets", "files", "list", "--id", name + ":" + draft.split(":")[1]}
          }) {
        assertThat(other.run(command)).as(String.join(" ", command)).contains("Failed to ");
      }
    }

    assertThat(team.run("datasets", "list")).contains("mnist").doesNotContain("stolen");
    assertThat(team.run("datasets", "versions", "list", "--id", dataset))
        .contains("public")
        .doesNotContain("stolen");
    assertThat(got(version).resolve("a")).hasSameBinaryContentAs(file);
  }

  @Test
  void anErrorIsOneLine() {
    for (String key : new String[] {"mk_none", ""}) {
      assertThat(team.gradient().withKey(key).run("datasets", "list").strip().lines())
          .last()
          .asString()
          .isEqualTo(
              "Failed to fetch data: No such API key. Send one in the header X-API-Key, or as Authorization: Bearer.");
    }
    assertThat(team.run("models", "list").strip().lines())
        .last()
        .asString()
        .startsWith("Failed to fetch data: There is no GET /mlModels/getModelList/ here");
  }

  @Test
  void aModelIsAVersionWithAName() {
    String version = team.createVersion(team.createDataset("models"), "trained");
    team.run("datasets", "versions", "commit", "--id", version);

    String said =
        team.run(
            "models",
            "create",
            "--name",
            "best",
            "--modelType",
            "Custom",
            "--datasetRef",
            "models:latest");

    String command = GradientTeam.found(said, "name it with: gradient (.+)");
    assertThat(said).contains("Failed to create resource: Moraine keeps no models");
    team.run(command.split(" "));
    assertThat(team.run("datasets", "versions", "details", "--id", "models:best"))
        .contains("trained");
  }

  @Test
  void secretsAreSetListedAndDeleted() {
    team.run("secrets", "set", "team", "--name", "token", "--value", "hush");
    assertThat(team.run("secrets", "list", "team")).contains("token").doesNotContain("hush");
    for (String entity : new String[] {"project", "cluster"}) {
      team.run("secrets", "set", entity, "--id", "p1", "--name", "other", "--value", "hush");
      assertThat(team.run("secrets", "list", entity, "--id", "p1")).contains("other");
      assertThat(team.run("secrets", "list", entity, "--id", "p2")).contains("No data found");
    }
    team.run("secrets", "delete", "team", "--name", "token");
    assertThat(team.run("secrets", "list", "team")).doesNotContain("token");
    assertThat(team.run("secrets", "delete", "team", "--name", "token"))
        .contains("There is no secret token");
  }

  @Test
  void itsLibraryCanDoWhatNoCommandDoes() {
    String dataset = team.createDataset("faces");
    String version = team.createVersion(dataset, "first");
    team.run("datasets", "versions", "commit", "--id", version);
    team.run("datasets", "tags", "set", "--id", version, "--name", "prod");

    assertThat(
            team.gradient()
                .sdk(
                    "print(api_sdk.clients.DatasetTagsClient(key).get('%s:prod').version.version)"
                        .formatted(dataset)))
        .contains(version.split(":")[1]);
    assertThat(
            team.gradient()
                .sdk(
                    "print(list(api_sdk.clients.SecretsClient(key).ephemeral(key='token',"
                        + " value='hush', expires_in=600)))"))
        .contains("['token']");
  }

  private String put(String version, String source, String... more) {
    return team.run(
        words(
            new String[] {"datasets", "files", "put", "--id", version, "--source-path", source},
            more));
  }

  private String list(String version, String... more) {
    return team.run(words(new String[] {"datasets", "files", "list", "--id", version}, more));
  }

  /** What the client gets of a version. */
  private Path got(String version, String... more) throws IOException {
    Path got = Files.createTempDirectory(temporary, "got");
    team.run(
        words(
            new String[] {
              "datasets", "files", "get", "--id", version, "--target-path", got.toString()
            },
            more));
    return got;
  }

  private static String[] words(String[] first, String[] more) {
    return java.util.stream.Stream.of(first, more)
        .flatMap(java.util.Arrays::stream)
        .toArray(String[]::new);
  }

  /** The URL of a put, as the client asks for it. */
  private String sign(String version, String key) {
    return team.rest()
        .post(
            GradientTeam.path(version) + "/s3/preSignedUrls",
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
}
