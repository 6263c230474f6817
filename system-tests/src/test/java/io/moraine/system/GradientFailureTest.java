package io.moraine.system;

import static io.moraine.system.RandomFiles.contents;
import static io.moraine.system.RandomFiles.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.system.FaultyNetwork.Call;
import io.moraine.system.FaultyNetwork.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bugs of the original client: failures that it does not notice, and those after which it waits
 * for ever. Each test fails when the server trusts the client.
 */
class GradientFailureTest {
  private static final int MULTIPART_BYTES = 15_000_001;

  @TempDir private Path temporary;
  private GradientTeam team;
  private String dataset;
  private Path source;

  @BeforeEach
  void makeTeam() throws IOException {
    team = GradientTeam.create(SystemStack.up(), temporary.resolve("home"));
    dataset = team.createDataset("faces");
    source = Files.createDirectories(temporary.resolve("source"));
  }

  static Stream<Arguments> unseen() {
    Predicate<Call> put = call -> call.puts("lost.bin");
    return Stream.of(
        Arguments.of("a PUT is refused", 100, put, new Fault.Answered(403, "<Error/>")),
        Arguments.of("a PUT fails", 100, put, new Fault.Answered(500, "")),
        Arguments.of("a PUT of nothing takes longer than 5 s", 0, put, new Fault.Lost()),
        Arguments.of("a part fails each time", MULTIPART_BYTES, put, new Fault.Answered(500, "")),
        Arguments.of("a part has no ETag", MULTIPART_BYTES, put, new Fault.WithoutHeader("ETag")),
        Arguments.of(
            "no upload in parts is begun",
            MULTIPART_BYTES,
            asksFor("createMultipartUpload"),
            new Fault.Answered(200, "[{}]")),
        Arguments.of(
            "an upload in parts is not completed",
            MULTIPART_BYTES,
            asksFor("completeMultipartUpload"),
            new Fault.Answered(503, "{}")));
  }

  private static Predicate<Call> asksFor(String method) {
    return call -> call.asksFor(method);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unseen")
  void whatTheClientDoesNotNoticeTheCommitNames(
      String what, int sizeBytes, Predicate<Call> which, Fault fault) throws IOException {
    write(source, "ü/arrives", 10);
    write(source, "lost.bin", sizeBytes);

    String said;
    try (FaultyNetwork network = new FaultyNetwork(which, fault)) {
      said =
          team.gradient()
              .through(network.proxy())
              .run(
                  "datasets", "versions", "create", "--id", dataset, "--source-path", source + "/");
    }
    String version = GradientTeam.version(said);
    assertThat(said)
        .contains(
            "Failed to fetch data: " + version + ": 1 announced file never arrived: \"lost.bin\".")
        .doesNotContain("Committed dataset version");
    assertThat(team.run("datasets", "versions", "list", "--id", dataset)).contains("No data found");

    team.run("datasets", "files", "put", "--id", version, "--source-path", source + "/");
    assertThat(team.run("datasets", "versions", "commit", "--id", version))
        .contains("Committed dataset version: " + version);
    assertThat(contents(got(version))).isEqualTo(contents(source));
  }

  @Test
  void aPutThatComesAfterTheCommitChangesNothing() throws IOException {
    write(source, "early", 10);
    String version = team.createVersion(dataset, "overtaken");
    put(version);
    Path late = Files.createDirectories(temporary.resolve("late"));
    write(late, "late", 10);
    write(late, "early", 20);
    Runnable commit =
        () -> {
          team.rest().delete(GradientTeam.path(version) + "/files:announced").ok();
          team.rest().post(GradientTeam.path(version), "{\"isCommitted\": true}").ok();
        };

    try (FaultyNetwork network =
        new FaultyNetwork(call -> call.method().equals("PUT"), new Fault.After(commit))) {
      team.gradient()
          .through(network.proxy())
          .run("datasets", "files", "put", "--id", version, "--source-path", late + "/");
    }

    assertThat(team.run("datasets", "versions", "list", "--id", dataset)).contains(version);
    assertThat(contents(got(version))).isEqualTo(contents(source));
  }

  @Test
  void aFileThatGoesBeforeItIsAskedForIsRefusedAndNotWaitedFor() throws IOException {
    write(source, "stays", 10);
    write(source, "goes", 10);
    String version = team.createVersion(dataset, "thinned");
    put(version);
    Runnable deletion = () -> team.rest().delete(GradientTeam.path(version) + "/files/goes");

    for (String[] command :
        new String[][] {
          {"getObject", "get", "--target-path", temporary.resolve("got").toString()},
          {"deleteObject", "delete", "--path", "/"}
        }) {
      put(version);
      String[] words =
          Stream.concat(
                  Stream.of("datasets", "files", command[1], "--id", version),
                  Stream.of(command).skip(2))
              .toArray(String[]::new);
      try (FaultyNetwork network =
          new FaultyNetwork(call -> call.asksFor(command[0]), new Fault.After(deletion))) {
        assertThat(team.gradient().through(network.proxy()).run(words))
            .as(command[1])
            .contains("Failed to fetch data: There is no file goes in " + version);
      }
    }
    assertThat(team.run("datasets", "files", "list", "--id", version)).contains("| stays ");
  }

  @Test
  void whatAKeyMayNotIsRefusedAndNotWaitedFor() throws IOException {
    write(source, "a", 10);
    String version = team.createVersion(dataset, "guarded");
    put(version);
    GradientClient reader = team.gradient().withKey(team.newKey("reader"));
    String why = "Failed to fetch data: This needs a key with the role writer; yours is reader.";

    assertThat(
            reader.run("datasets", "files", "put", "--id", version, "--source-path", source + "/"))
        .contains(why);
    assertThat(reader.run("datasets", "files", "delete", "--id", version)).contains(why);
    assertThat(reader.run("datasets", "versions", "commit", "--id", version)).contains(why);
    assertThat(reader.run("datasets", "versions", "create", "--id", dataset))
        .contains("Failed to create resource: This needs a key with the role writer");
    assertThat(reader.run("datasets", "delete", "--id", dataset))
        .contains("Failed to delete resource: This needs a key with the role writer");
    assertThat(contents(got(version))).isEqualTo(contents(source));
  }

  @Test
  void whatIsNoPathIsRefusedBeforeAnythingIsPut() throws IOException {
    write(source, "a", 10);
    String version = team.createVersion(dataset, "dots");

    assertThat(
            team.run(
                "datasets",
                "files",
                "put",
                "--id",
                version,
                "--source-path",
                source + "/",
                "--target-path",
                "x/../y"))
        .contains("Failed to fetch data: putObject: path \"x/../y/a\" is not valid");
    assertThat(team.run("datasets", "versions", "commit", "--id", version)).contains("Committed");
  }

  @Test
  void whatIsNotThereIsNotWaitedFor() {
    String version = team.createVersion(dataset, "empty");
    Path target = temporary.resolve("nothing");

    team.run(
        "datasets",
        "files",
        "get",
        "--id",
        version,
        "--source-path",
        "none",
        "--target-path",
        target.toString());
    team.run("datasets", "files", "delete", "--id", version, "--path", "none");
    assertThat(team.run("datasets", "files", "list", "--id", version)).contains("No data found");
    for (String selector : new String[] {"none", "latest", "a000000"}) {
      assertThat(team.run("datasets", "files", "list", "--id", dataset + ":" + selector))
          .contains("Failed to fetch data: ")
          .doesNotContain("Traceback");
    }
    assertThat(team.run("datasets", "files", "list", "--id", "none:latest"))
        .contains("Failed to fetch data: There is no dataset none in your team.");
    assertThat(target).doesNotExist();
  }

  private void put(String version) {
    team.run("datasets", "files", "put", "--id", version, "--source-path", source + "/");
  }

  /** What the client gets of a version. */
  private Path got(String version) throws IOException {
    Path got = Files.createTempDirectory(temporary, "got");
    team.run("datasets", "files", "get", "--id", version, "--target-path", got.toString());
    return got;
  }
}
