package io.moraine.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The drill: the database is lost, the bucket is not. */
class RebuildTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void aLostDatabaseLosesNoCommittedVersion() throws Exception {
    try (RunningStack stack = RunningStack.in(SystemStack.home())) {
      stack.up();
      Rest rest = stack.rest();
      Datasets datasets = new Datasets(rest);
      String team = rest.team();
      String faces = datasets.create("faces");
      Map<String, byte[]> files = new LinkedHashMap<>();
      for (int i = 0; i < 300; i++) {
        files.put("d%d/f%03d".formatted(i % 3, i), ("file " + i).getBytes(UTF_8));
      }
      String first = datasets.committed(faces, files);
      files.put("more", "more".getBytes(UTF_8));
      String second = datasets.committed(faces, files);
      String gone = datasets.committed(faces, Map.of("x", "gone".getBytes(UTF_8)));
      String draft = datasets.open(faces);
      datasets.put(faces, draft, "d", "never committed".getBytes(UTF_8));
      rest.putJson("/datasets/" + faces + "/tags/prod", json("version", first)).ok();
      rest.post("/datasets/" + faces + "/versions/" + first, json("message", "said later")).ok();
      rest.delete("/datasets/" + faces + "/versions/" + gone).ok();
      String doomed = datasets.create("doomed");
      datasets.committed(doomed, Map.of("y", "gone too".getBytes(UTF_8)));
      rest.delete("/datasets/" + doomed).ok();
      JsonNode other = rest.post("/teams", json("name", "others")).ok().json();
      Rest others = rest.as(other.get("key").get("key").textValue());
      String theirs = new Datasets(others).create("theirs");
      String their = new Datasets(others).committed(theirs, Map.of("z", "theirs".getBytes(UTF_8)));
      JsonNode before = rest.get("/datasets/" + faces).ok().json();
      awaitRecorded(stack, faces, "said later");
      awaitRecorded(stack, theirs, "theirs");

      assertThat(stack.moraine("down").exitCode()).isZero();
      delete(stack.home().resolve("postgres"));
      stack.up();

      assertThat(rest.team()).as("the same team, with the same key").isEqualTo(team);
      assertThat(rest.get("/datasets").ok().json()).isEmpty();
      RunningStack.Result rebuilt = stack.moraine("rebuild");
      assertThat(rebuilt.exitCode()).as(rebuilt.out()).isZero();
      assertThat(rebuilt.out()).contains("2 datasets, 3 versions");
      Matcher key = Pattern.compile("Team others .*: (mk_\\w+)").matcher(rebuilt.out());
      assertThat(key.find()).as(rebuilt.out()).isTrue();
      others = rest.as(key.group(1));

      assertThat(others.team()).isEqualTo(other.get("id").textValue());
      assertThat(new Datasets(others).contents(theirs, their)).isEqualTo(Map.of("z", "theirs"));
      verify(datasets, faces, second, files);
      files.remove("more");
      verify(datasets, faces, first, files);
      assertThat(rest.get("/datasets").ok().json()).hasSize(1);
      JsonNode after = rest.get("/datasets/" + faces).ok().json();
      for (String member : List.of("id", "name", "description", "retention", "dtCreated")) {
        assertThat(after.get(member)).as(member).isEqualTo(before.get(member));
      }
      JsonNode versions = rest.get("/datasets/" + faces + "/versions").ok().json();
      assertThat(versions.findValuesAsText("version")).containsExactlyInAnyOrder(first, second);
      JsonNode prod = rest.get("/datasets/" + faces + "/versions/prod").ok().json();
      assertThat(prod.get("version").textValue()).isEqualTo(first);
      assertThat(prod.get("message").textValue()).isEqualTo("said later");
      JsonNode latest = rest.get("/datasets/" + faces + "/versions/latest").ok().json();
      assertThat(latest.get("version").textValue()).isEqualTo(second);

      RunningStack.Result again = stack.moraine("rebuild");
      assertThat(again.exitCode()).as("only an empty database is rebuilt").isEqualTo(4);
      assertThat(again.out()).contains("has 2 datasets");
      assertThat(rest.post("/collections", "").ok().json().get("condemned").intValue()).isZero();
      String next = datasets.committed(faces, Map.of("n", "new".getBytes(UTF_8)));
      assertThat(
              rest.get("/datasets/" + faces + "/versions/latest")
                  .ok()
                  .json()
                  .get("version")
                  .textValue())
          .isEqualTo(next);
    }
  }

  private static void verify(
      Datasets datasets, String dataset, String version, Map<String, byte[]> files) {
    Map<String, String> expected = new LinkedHashMap<>();
    files.forEach((path, bytes) -> expected.put(path, new String(bytes, UTF_8)));
    assertThat(datasets.contents(dataset, version)).isEqualTo(expected);
  }

  /** Until the dataset's last record in the bucket says {@code text}. */
  private static void awaitRecorded(RunningStack stack, String dataset, String text) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              try (Stream<Path> all = Files.walk(stack.home().resolve("s3"))) {
                return all.filter(file -> file.toString().contains("/datasets/" + dataset + "/"))
                    .anyMatch(file -> read(file).contains(text));
              }
            });
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static String json(String member, String value) {
    return "{\"%s\":\"%s\"}".formatted(member, value);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
