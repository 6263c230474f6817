package io.moraine.dataset.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.eclipse.jgit.transport.PacketLineOut;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ImportGitTest {
  private static final byte[] POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".getBytes(UTF_8);

  @TempDir Path directory;

  private WebSource web;
  private GitSource git;
  private TestTeam team;

  @BeforeEach
  void newWorld() throws Exception {
    web = new WebSource();
    git = new GitSource(directory.resolve("r.git"), web, "/r.git");
    team = TestTeam.create();
    team.newDataset("faces");
  }

  @AfterEach
  void close() {
    git.close();
    web.close();
  }

  private TestImport begin(Map<String, ?> more) {
    Map<String, Object> source = new HashMap<>(more);
    source.put("type", "git");
    source.put("url", web.url("/r.git"));
    return TestImport.begin(team, "faces", source);
  }

  @Test
  void theFilesOfTheDefaultBranchBecomeAVersion() throws Exception {
    byte[] large = new byte[3 << 20];
    new Random(3).nextBytes(large);
    String commit =
        git.file("README.md", "read".getBytes(UTF_8))
            .file("data/a b/ü.csv", "1".getBytes(UTF_8))
            .file("large", large)
            .commit("refs/heads/main");

    TestImport begun = begin(Map.of());
    TestVersion version = begun.done();

    assertThat(TestImport.paths(version)).containsExactly("README.md", "data/a b/ü.csv", "large");
    assertThat(version.request().get(version.file("large")).asByteArray()).isEqualTo(large);
    assertThat(TestImport.message(version))
        .isEqualTo("Imported from " + web.url("/r.git") + ", commit " + commit);
    assertThat(begun.now().getString("revision")).isEqualTo(commit);
  }

  @Test
  void aBranchATagACommitAndADirectoryCanBeNamed() throws Exception {
    String first = git.file("d/a", "1".getBytes(UTF_8)).commit("refs/heads/main");
    git.file("d/a", "2".getBytes(UTF_8)).commit("refs/tags/v2");
    git.file("d/b", "3".getBytes(UTF_8)).commit("refs/heads/main");

    TestVersion branch = begin(Map.of("ref", "main")).done();
    TestVersion tag = begin(Map.of("ref", "v2", "path", "/d/")).done();
    TestVersion commit = begin(Map.of("ref", "main", "commit", first)).done();

    assertThat(TestImport.paths(branch)).containsExactly("d/a", "d/b");
    assertThat(TestImport.paths(tag)).containsExactly("a");
    assertThat(tag.request().get(tag.file("a")).asString()).isEqualTo("2");
    assertThat(TestImport.paths(commit)).containsExactly("d/a");
    assertThat(commit.request().get(commit.file("d/a")).asString()).isEqualTo("1");
  }

  @Test
  void whatIsNotThereIsSaid() throws Exception {
    git.file("a", new byte[1]).commit("refs/heads/main");
    web.file("/page.git/", "<html>".getBytes(UTF_8));

    assertThat(begin(Map.of("ref", "other")).failed()).contains("no such branch");
    assertThat(begin(Map.of("path", "other")).failed()).contains("no files below other");
    assertThat(
            TestImport.begin(team, "faces", Map.of("type", "git", "url", web.url("/page.git")))
                .failed())
        .contains("git's protocol");
    assertThat(
            TestImport.begin(team, "faces", Map.of("type", "git", "url", web.url("/nothing.git")))
                .failed())
        .contains("cannot be fetched");
  }

  @Test
  void linksAndPointersAreRefusedByNameOrTakenAsTheyAre() throws Exception {
    git.file("a", new byte[1]).file("model.bin", POINTER).commit("refs/heads/main");
    assertThat(begin(Map.of()).failed()).contains("model.bin").contains("Git LFS pointer");

    TestVersion kept = begin(Map.of("lfsPointers", "keep")).done();

    assertThat(TestImport.message(kept)).contains("1 files are Git LFS pointers");
    git.link("link", "/etc/passwd").commit("refs/heads/main");
    TestTeam other = TestTeam.create();
    other.newDataset("faces");
    team = other;
    assertThat(begin(Map.of("lfsPointers", "keep")).failed()).contains("\"link\"");
    assertThat(TestImport.paths(begin(Map.of("lfsPointers", "keep", "skipLinks", true)).done()))
        .containsExactly("a", "model.bin");
  }

  @Test
  void aServerThatNamesRefsWithoutEndIsLeft() {
    web.server()
        .createContext(
            "/endless.git/info/refs",
            exchange -> {
              exchange
                  .getResponseHeaders()
                  .set("Content-Type", "application/x-git-upload-pack-advertisement");
              exchange.sendResponseHeaders(200, 0);
              PacketLineOut out = new PacketLineOut(exchange.getResponseBody());
              out.writeString("# service=git-upload-pack\n");
              out.end();
              try {
                for (long ref = 0; ; ref++) {
                  out.writeString("%s refs/heads/%d\n".formatted("1".repeat(40), ref));
                }
              } finally {
                exchange.close();
              }
            });

    assertThat(
            TestImport.begin(team, "faces", Map.of("type", "git", "url", web.url("/endless.git")))
                .failed())
        .contains("more than 16,777,216 bytes");
  }

  @Test
  void aFileThatIsTooLargeForARepositoryIsRefused() throws Exception {
    byte[] large = new byte[65 << 20];
    git.file("a", large).commit("refs/heads/main");

    assertThat(begin(Map.of()).failed()).contains("a file of more than 33,554,432 bytes");
  }
}
