package io.moraine.dataset.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.moraine.dataset.net.PretendedAddresses;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.ImportId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where sources may not lead, with private addresses refused as they are by default. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class PrivateSourceTest {
  @Inject ImportConfig limits;
  @TempDir Path directory;

  private WebSource web;

  @BeforeEach
  void newServer() throws Exception {
    web = new WebSource();
  }

  @AfterEach
  void close() {
    web.close();
  }

  private SourceHttp http(int times) throws Exception {
    return new SourceHttp(new PretendedAddresses(InetAddress.getByName("127.0.0.1"), times));
  }

  private static ImportRun run() {
    return new ImportRun(
        ImportId.random(), Checkpoint.NOTHING, Optional.empty(), true, revision -> {});
  }

  private static ImportSource.Web url(String url) {
    return new ImportSource.Web(
        URI.create(url), "x", ImportSource.Unpack.FALSE, Optional.empty(), false);
  }

  private String pretended(String path) {
    return "http://" + PretendedAddresses.HOST + ":" + web.port() + path;
  }

  @Test
  void aNameIsLookedUpOnceAndThatAddressConnectedTo() throws Exception {
    web.file("/x", "x".getBytes(UTF_8));
    PretendedAddresses addresses = new PretendedAddresses(InetAddress.getByName("127.0.0.1"), 1);

    try (SourceHttp http = new SourceHttp(addresses);
        InputStream in = new WebFile(http, url(pretended("/x")), run()).open(0)) {
      assertThat(in.readAllBytes()).isEqualTo("x".getBytes(UTF_8));
    }

    assertThat(addresses.lookUps).containsExactly(PretendedAddresses.HOST);
  }

  @Test
  void aNameThatLeadsElsewhereTheSecondTimeIsRefused() throws Exception {
    // It ends the connection, so that the way on needs another look-up.
    web.server()
        .createContext(
            "/x",
            exchange -> {
              exchange.getResponseHeaders().set("Location", "/secret");
              exchange.getResponseHeaders().set("Connection", "close");
              exchange.sendResponseHeaders(302, -1);
              exchange.close();
            });
    web.file("/secret", "secret".getBytes(UTF_8));

    try (SourceHttp http = http(1)) {
      assertThatExceptionOfType(ImportFailedException.class)
          .isThrownBy(() -> new WebFile(http, url(pretended("/x")), run()))
          .withMessageContaining("private");
    }
    assertThat(web.sent.get()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:%d/secret",
        "http://localhost:%d/secret",
        "http://[::1]:%d/secret",
        "http://[::ffff:127.0.0.1]:%d/secret",
        "http://0.0.0.0:%d/secret",
        "http://2130706433:%d/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[fd00::1]/"
      })
  void aRedirectToWhatIsPrivateIsRefused(String to) throws Exception {
    web.redirect("/x", to.formatted(web.port()));
    web.file("/secret", "secret".getBytes(UTF_8));

    try (SourceHttp http = http(1)) {
      assertThatExceptionOfType(ImportFailedException.class)
          .isThrownBy(() -> new WebFile(http, url(pretended("/x")), run()))
          .withMessageContaining("private");
    }
    assertThat(web.sent.get()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://h/x", "file:///etc/passwd", "jar:http://h/!x", "http://127.1/"})
  void aRedirectToAnythingButHttpIsRefused(String to) throws Exception {
    web.redirect("/x", to);

    try (SourceHttp http = http(1)) {
      assertThatExceptionOfType(ImportFailedException.class)
          .isThrownBy(() -> new WebFile(http, url(pretended("/x")), run()))
          .withMessageContaining("only to http");
    }
  }

  @Test
  void aBucketAtAPrivateAddressIsRefused() throws Exception {
    ImportSource.Bucket bucket =
        new ImportSource.Bucket(
            Optional.of(URI.create(web.url(""))),
            "us-east-1",
            "bucket",
            "",
            true,
            Optional.empty());

    try (SourceHttp http = http(0)) {
      assertThatExceptionOfType(ImportFailedException.class)
          .isThrownBy(
              () -> new FetchBucket(http, bucket, Optional.empty(), limits).into(null, run()))
          .withMessageContaining("private");
    }
  }

  @Test
  void aRepositoryAtAPrivateAddressIsRefused() throws Exception {
    try (SourceHttp http = http(0)) {
      assertThatExceptionOfType(ImportFailedException.class)
          .isThrownBy(() -> git(http, web.url("/r.git")).into(null, run()))
          .withMessageContaining("private");
    }
  }

  @Test
  void aRepositoryThatLeadsToAPrivateAddressIsRefused() throws Exception {
    web.redirect("/r.git", web.url("/secret.git/info/refs?service=git-upload-pack"));

    try (SourceHttp http = http(1)) {
      assertThatExceptionOfType(ImportFailedException.class)
          .isThrownBy(() -> git(http, pretended("/r.git")).into(null, run()))
          .withMessageContaining("private");
    }
  }

  private FetchGit git(SourceHttp http, String url) {
    return new FetchGit(
        http,
        new ImportSource.Git(
            URI.create(url),
            Optional.empty(),
            Optional.empty(),
            "",
            false,
            Optional.empty(),
            false),
        limits,
        directory);
  }
}
