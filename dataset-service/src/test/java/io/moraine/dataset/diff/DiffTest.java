package io.moraine.dataset.diff;

import static io.moraine.dataset.DirectClient.blob;
import static io.moraine.dataset.DirectClient.line;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.moraine.dataset.DirectClient;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class DiffTest {
  private static final byte[] OLD = "old".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NEW = "newer".getBytes(StandardCharsets.UTF_8);

  @Test
  void itSaysWhatWasAddedRemovedAndChanged() {
    TestVersion from =
        TestVersion.open().with("a", OLD).with("d/gone", OLD).with("same", OLD).committed();
    TestVersion to = TestVersion.open(from.team(), from.dataset(), Map.of("base", from.id()));
    to.with("a", NEW).with("d/new", NEW);
    to.request().delete(to.file("d/gone")).then().statusCode(204);
    compare(from, from.id() + "..." + to.id(), "").statusCode(409);
    to.committed();

    compare(from, from.id() + "...latest", "")
        .statusCode(200)
        .body("items.path", contains("a", "d/gone", "d/new"))
        .body("items.change", contains("changed", "removed", "added"))
        .body("items[0].from.content", equalTo(blob(OLD)))
        .body("items[0].from.sizeBytes", equalTo(OLD.length))
        .body("items[0].to.content", equalTo(blob(NEW)))
        .body("items[1].to", nullValue(), "items[2].from", nullValue())
        .body("nextCursor", nullValue());
    compare(from, "latest..." + from.id(), "")
        .body("items.change", contains("changed", "added", "removed"));
    compare(from, from.id() + "..." + to.id(), "?summary=true")
        .body("changed.files", equalTo(1), "changed.bytes", equalTo(NEW.length))
        .body("removed.files", equalTo(1), "removed.bytes", equalTo(OLD.length))
        .body("added.files", equalTo(1), "added.bytes", equalTo(NEW.length));
    compare(from, from.id() + "..." + to.id(), "?prefix=d/")
        .body("items.path", contains("d/gone", "d/new"));
    compare(from, from.id() + "..." + from.id(), "").body("items", empty());
  }

  @Test
  void pagesAndLinesGiveEveryDifferenceOnce() throws Exception {
    TestVersion from = TestVersion.open();
    DirectClient client = new DirectClient(from).with("blob", OLD).with("blob", NEW);
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      entries.append(line(path(i), OLD));
    }
    client.stage(entries.toString()).statusCode(200);
    from.committed();
    TestVersion to = TestVersion.open(from.team(), from.dataset(), Map.of("base", from.id()));
    TreeMap<String, String> expected = new TreeMap<>();
    StringBuilder changes = new StringBuilder();
    for (int i = 0; i < 3_000; i += 7) {
      changes.append(
          i % 2 == 0 ? line(path(i), NEW) : "{\"path\": \"" + path(i) + "\", \"deleted\": true}\n");
      expected.put(path(i), i % 2 == 0 ? "changed" : "removed");
    }
    changes.append(line(path(3_001), NEW));
    expected.put(path(3_001), "added");
    new DirectClient(to).stage(changes.toString()).statusCode(200);
    to.committed();
    String refs = from.id() + "..." + to.id();

    for (int limit : List.of(1_000, 50, 1)) {
      TreeMap<String, String> found = new TreeMap<>();
      List<String> order = new ArrayList<>();
      String cursor = "";
      for (int pages = 0; cursor != null && pages < 60; pages++) {
        var page =
            compare(from, refs, "?limit=" + limit + "&cursor=" + cursor).statusCode(200).extract();
        List<Map<String, Object>> items = page.path("items");
        assertThat(items.size()).isLessThanOrEqualTo(limit);
        items.forEach(
            item -> {
              order.add((String) item.get("path"));
              found.put((String) item.get("path"), (String) item.get("change"));
            });
        cursor = page.path("nextCursor");
      }
      assertThat(order).isSorted().doesNotHaveDuplicates();
      assertThat(found).isEqualTo(limit == 1 ? first(expected, 60) : expected);
    }
    List<String> lines =
        given()
            .header("X-API-Key", from.team().key())
            .accept("application/x-ndjson")
            .get("/datasets/" + from.dataset() + "/diff/" + refs)
            .asString()
            .lines()
            .toList();
    assertThat(lines).hasSize(expected.size() + 1);
    assertThat(lines.get(lines.size() - 1))
        .startsWith("{\"end\":true,\"added\":{\"files\":1,\"bytes\":5},\"removed\":{");
  }

  private static TreeMap<String, String> first(TreeMap<String, String> all, int count) {
    TreeMap<String, String> some = new TreeMap<>();
    all.entrySet().stream().limit(count).forEach(e -> some.put(e.getKey(), e.getValue()));
    return some;
  }

  private static String path(int i) {
    return "d%02d/f%05d".formatted(i % 20, i);
  }

  @Test
  void whatCannotBeComparedIsNamed() {
    TestVersion version = TestVersion.open().with("a", OLD).committed();
    String refs = version.id() + "..." + version.id();

    compare(version, version.id() + "...nothing", "")
        .statusCode(404)
        .body("detail", containsString("nothing"));
    compare(version, version.id() + "...No Name", "").statusCode(400);
    compare(version, refs, "?limit=0").statusCode(400);
    compare(version, refs, "?limit=1001").statusCode(400);
    compare(version, refs, "?cursor=%25").statusCode(400);
    TestTeam.create()
        .request()
        .get("/datasets/" + version.dataset() + "/diff/" + refs)
        .then()
        .statusCode(404);
  }

  private static ValidatableResponse compare(TestVersion of, String refs, String query) {
    return of.team()
        .request()
        .get("/datasets/" + of.dataset() + "/diff/" + refs.replace(" ", "%20") + query)
        .then();
  }
}
