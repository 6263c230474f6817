package io.moraine.content.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.moraine.content.store.BucketProbe.FailedException;
import io.moraine.content.store.BucketProbe.Findings;
import io.moraine.content.store.BucketProbe.Step;
import io.moraine.standalone.server.S3Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real S3 server; providers that lie are met over REST, in dataset-service's tests. */
class BucketProbeTest {
  private static S3Server server;
  private static BucketAccess access;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    int port = freePort();
    server = S3Server.start(new S3Server.Config(directory, port, "moraine", "key", "secret"));
    access = access(port, "moraine", "secret");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void theRealServerDoesEverythingAndKeepsNothingOfIt() throws Exception {
    try (BucketProbe probe = probe(access.below("some/prefix"))) {
      assertThat(probe.run()).isEqualTo(new Findings(true, true, true));
    }
    try (ObjectStore store = new ObjectStore(access)) {
      assertThat(store.list("some/")).isExhausted();
    }
  }

  @Test
  void aWrongSecretIsAnAnswer() {
    assertFails(access(access.endpoint().getPort(), "moraine", "other"))
        .matches(e -> e.step() == Step.WRITE && e.answered());
  }

  @Test
  void aBucketThatIsNotThereIsAnAnswer() {
    assertFails(access(access.endpoint().getPort(), "nowhere", "secret"))
        .matches(e -> e.step() == Step.WRITE && e.answered());
  }

  @Test
  void aServerThatIsAwayIsNone() throws IOException {
    assertFails(access(freePort(), "moraine", "secret"))
        .matches(e -> e.step() == Step.WRITE && !e.answered());
  }

  @Test
  void whereItIsSentElsewhereItDoesNotGo() throws IOException {
    HttpServer redirecting =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      redirecting.createContext(
          "/",
          call -> {
            call.getResponseHeaders()
                .set("Location", "http://127.0.0.1:" + elsewhere.getLocalPort() + "/latest");
            call.sendResponseHeaders(307, -1);
            call.close();
          });
      redirecting.start();

      assertFails(access(redirecting.getAddress().getPort(), "moraine", "secret"))
          .matches(FailedException::answered);
      elsewhere.setSoTimeout(1);
      assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(elsewhere::accept);
    } finally {
      redirecting.stop(0);
    }
  }

  @Test
  void theHostIsLookedUpWhereItIsSaid() {
    BucketAccess named = access(access.endpoint().getPort(), "moraine", "secret");
    HostLookup refusing =
        host -> {
          throw new UnknownHostException("no way to " + host);
        };
    try (BucketProbe probe = new BucketProbe(named, refusing, "probe/")) {
      assertThatExceptionOfType(FailedException.class)
          .isThrownBy(probe::run)
          .withMessageContaining("no way to 127.0.0.1");
    }
  }

  private static org.assertj.core.api.ThrowableAssertAlternative<FailedException> assertFails(
      BucketAccess access) {
    try (BucketProbe probe = probe(access)) {
      return assertThatExceptionOfType(FailedException.class)
          .isThrownBy(probe::run)
          .withMessageNotContaining("secret");
    }
  }

  private static BucketProbe probe(BucketAccess access) {
    return new BucketProbe(access, HostLookup.SYSTEM, "te0123456789ab/probe/");
  }

  private static BucketAccess access(int port, String bucket, String secret) {
    return new BucketAccess(
        URI.create("http://127.0.0.1:" + port), "us-east-1", bucket, "key", secret);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
