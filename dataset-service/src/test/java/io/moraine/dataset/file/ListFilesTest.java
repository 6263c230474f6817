package io.moraine.dataset.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.FilePath;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ListFilesTest {
  /** Names around the bytes on both sides of '/', and beyond ASCII. */
  private static final List<String> NAMES =
      List.of("a", "a!", "a.", "a0", "b", "ü", "\uFFFD", "\uD83D\uDE00", ".x", "..x");

  private static final List<String> PREFIXES =
      List.of("", "a", "a/", "a!", "a/a", "a/.", "ü/", "x", "/", "/a/", "a//");

  @Test
  void everyPageIsWhatAPlainWalkSaysBeforeTheCommitAndAfter() {
    Random random = new Random(7);
    TestVersion version = TestVersion.open();
    TreeMap<FilePath, String> files = new TreeMap<>();
    putSome(version, 60, random, files);
    requireSame(version, new ArrayList<>(files.values()));
    version.committed();
    requireSame(version, new ArrayList<>(files.values()));
  }

  @Test
  void overABaseEveryPageIsWhatTheChangesLeave() {
    Random random = new Random(11);
    TestVersion base = TestVersion.open();
    TreeMap<FilePath, String> files = new TreeMap<>();
    putSome(base, 40, random, files);
    base.committed();
    TestVersion version = TestVersion.open(base.team(), base.dataset(), Map.of("base", base.id()));
    requireSame(version, new ArrayList<>(files.values()));

    for (FilePath gone : List.copyOf(files.keySet())) {
      if (random.nextInt(3) == 0) {
        version.request().delete(version.file(encode(gone.toString()))).then().statusCode(204);
        files.remove(gone);
      }
    }
    List<FilePath> kept = List.copyOf(files.keySet());
    for (int i = 0; i < kept.size(); i += 5) {
      assertThat(version.put(encode(kept.get(i).toString()), new byte[] {7}).statusCode())
          .isEqualTo(200);
    }
    version.put("zz/new", new byte[] {8}).then().statusCode(200);
    files.put(FilePath.of("zz/new"), "zz/new");
    requireSame(version, new ArrayList<>(files.values()));
    version.committed();
    requireSame(version, new ArrayList<>(files.values()));
    assertThat(version.request().get(version.file(encode(kept.get(5).toString()))).asByteArray())
        .containsExactly(7);
  }

  private static void putSome(
      TestVersion version, int count, Random random, TreeMap<FilePath, String> files) {
    while (files.size() < count) {
      FilePath path = FilePath.of(randomPath(random));
      if (version.put(encode(path.toString()), path.utf8()).statusCode() == 200) {
        files.put(path, path.toString());
      }
    }
  }

  private static String randomPath(Random random) {
    StringBuilder path = new StringBuilder(NAMES.get(random.nextInt(NAMES.size())));
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      path.append('/').append(NAMES.get(random.nextInt(NAMES.size())));
    }
    return path.toString();
  }

  private static void requireSame(TestVersion version, List<String> files) {
    for (String prefix : PREFIXES) {
      for (String delimiter : List.of("", "/")) {
        for (int limit : List.of(3, 1000)) {
          assertThat(listed(version, prefix, delimiter, limit))
              .as("prefix %s delimiter %s limit %d", prefix, delimiter, limit)
              .isEqualTo(expected(files, prefix, delimiter));
        }
        if (prefix.isEmpty() && delimiter.isEmpty()) {
          assertThat(listed(version, prefix, delimiter, 1000)).isEqualTo(files);
        }
      }
    }
  }

  /** The whole listing, page by page; directories end with a slash. */
  private static List<String> listed(
      TestVersion version, String prefix, String delimiter, int limit) {
    List<String> all = new ArrayList<>();
    String cursor = "";
    do {
      Map<String, Object> page =
          version
              .request()
              .get(
                  version.path()
                      + "/files?prefix=%s&delimiter=%s&limit=%d&cursor=%s"
                          .formatted(encode(prefix), encode(delimiter), limit, cursor))
              .then()
              .statusCode(200)
              .extract()
              .path("");
      List<String> names = names(page);
      assertThat(names.size()).isLessThanOrEqualTo(limit);
      all.addAll(names);
      cursor = (String) page.get("nextCursor");
    } while (cursor != null);
    return all;
  }

  @SuppressWarnings("unchecked")
  private static List<String> names(Map<String, Object> page) {
    List<String> names = new ArrayList<>((List<String>) page.get("prefixes"));
    ((List<Map<String, Object>>) page.get("items"))
        .forEach(item -> names.add((String) item.get("path")));
    names.sort(ListFilesTest::byBytes);
    return names;
  }

  private static int byBytes(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> expected(List<String> files, String prefix, String delimiter) {
    String wanted = prefix.startsWith("/") ? prefix.substring(1) : prefix;
    return files.stream()
        .filter(file -> file.startsWith(wanted))
        .map(file -> shown(file, wanted, delimiter))
        .distinct()
        .toList();
  }

  private static String shown(String file, String prefix, String delimiter) {
    int slash = delimiter.isEmpty() ? -1 : file.indexOf('/', prefix.length());
    return slash < 0 ? file : file.substring(0, slash + 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"limit=0", "limit=1001", "limit=x", "delimiter=%2C", "cursor=%25", "cursor=AA"})
  void whatIsNoQuestionIsRefused(String query) {
    TestVersion version = TestVersion.open().with("a", new byte[] {1});

    int code = version.request().get(version.path() + "/files?" + query).statusCode();

    assertThat(code).isEqualTo(400);
  }

  @Test
  void aPrefixThatNoPathCanHaveFindsNothing() {
    TestVersion version = TestVersion.open().with("a", new byte[] {1});

    for (String prefix : List.of("%00", "a%00", "..%2F", "%FF", "x".repeat(2000))) {
      version
          .request()
          .get(version.path() + "/files?prefix=" + prefix)
          .then()
          .statusCode(200)
          .body("items.size()", equalTo(0));
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }
}
