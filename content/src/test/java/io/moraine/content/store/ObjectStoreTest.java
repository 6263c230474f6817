package io.moraine.content.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import io.moraine.content.format.Limits;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.content.store.ObjectStoreException.Reason;
import io.moraine.standalone.server.S3Server;
import io.moraine.vocabulary.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real S3 server that a run of the product starts. */
class ObjectStoreTest {
  private static S3Server server;
  private static BucketAccess access;
  private static ObjectStore store;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    int port = freePort();
    server = S3Server.start(new S3Server.Config(directory, port, "moraine", "key", "secret"));
    access = access(port, "moraine", "secret");
    store = new ObjectStore(access);
  }

  @AfterAll
  static void stop() {
    store.close();
    server.close();
  }

  @Test
  void whatIsPutIsThereOnce() throws IOException {
    byte[] bytes = new byte[3 << 20];
    new Random(1).nextBytes(bytes);
    assertThat(store.size("t/put")).isEmpty();
    assertThat(store.put("t/put", bytes)).isTrue();
    assertThat(store.put("t/put", bytes)).isFalse();
    assertThat(store.size("t/put")).hasValue(bytes.length);
    try (InputStream in = store.get("t/put", 0, bytes.length)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    try (InputStream in = store.get("t/put", 1000, 5)) {
      assertThat(in.readAllBytes())
          .containsExactly(bytes[1000], bytes[1001], bytes[1002], bytes[1003], bytes[1004]);
    }
    try (InputStream in = store.get("t/put", 0, 0)) {
      assertThat(in.readAllBytes()).isEmpty();
    }
    store.delete("t/put");
    store.delete("t/put");
    assertThat(store.size("t/put")).isEmpty();
  }

  @Test
  void anEmptyObjectIsAnObject() {
    assertThat(store.put("t/empty", new byte[0])).isTrue();
    assertThat(store.size("t/empty")).hasValue(0);
  }

  @Test
  void onlyTheAnnouncedPartOfTheArrayIsStored() {
    byte[] bytes = {1, 2, 3, 4};
    assertThat(store.put("t/part", bytes, 2, Sha256.of(bytes, 0, 2))).isTrue();
    assertThat(store.size("t/part")).hasValue(2);
  }

  @Test
  void bytesWithAnotherChecksumAreRefused() {
    assertThatExceptionOfType(ObjectStoreException.class)
        .isThrownBy(() -> store.put("t/wrong", new byte[10], 10, Sha256.of(new byte[9])))
        .withMessageContaining("put t/wrong in bucket moraine at http://127.0.0.1")
        .matches(e -> e.reason() == Reason.REFUSED && !e.isRetryable());
    assertThat(store.size("t/wrong")).isEmpty();
  }

  @Test
  void whatIsNotThereIsMissing() {
    assertThatExceptionOfType(ObjectStoreException.class)
        .isThrownBy(() -> store.get("t/none", 0, 1))
        .matches(e -> e.reason() == Reason.MISSING);
  }

  @Test
  void aWrongSecretIsRefused() {
    try (ObjectStore stranger =
        new ObjectStore(access(access.endpoint().getPort(), "moraine", "x"))) {
      assertThatExceptionOfType(ObjectStoreException.class)
          .isThrownBy(() -> stranger.put("t/stranger", new byte[1]))
          .matches(e -> e.reason() == Reason.REFUSED);
    }
    assertThat(access.toString()).doesNotContain("secret");
  }

  @Test
  void aServerThatIsAwayIsWorthTryingAgain() throws IOException {
    try (ObjectStore nowhere = new ObjectStore(access(freePort(), "moraine", "secret"))) {
      assertThatExceptionOfType(ObjectStoreException.class)
          .isThrownBy(() -> nowhere.size("t/x"))
          .withMessageContaining("worth trying again")
          .matches(ObjectStoreException::isRetryable);
    }
  }

  @Test
  void aListingKeepsToItsPrefixInKeyOrder() {
    Instant before = Instant.now().minusSeconds(60);
    store.put("l/b", new byte[2]);
    store.put("l/a", new byte[1]);
    store.put("m/c", new byte[3]);
    assertThat(store.list("l/"))
        .toIterable()
        .allSatisfy(
            listed ->
                assertThat(listed.lastModified()).isBetween(before, Instant.now().plusSeconds(60)))
        .extracting(Listed::key, Listed::sizeBytes)
        .containsExactly(tuple("l/a", 1L), tuple("l/b", 2L));
  }

  @Test
  void aPrefixIsNobodysBusinessButTheBuckets() throws IOException {
    BucketAccess below = access(access.endpoint().getPort(), "moraine", "secret").below("a/b-c");
    try (ObjectStore narrowed = new ObjectStore(below)) {
      assertThat(narrowed.put("p/x", new byte[] {7})).isTrue();
      assertThat(narrowed.put("p/x", new byte[] {8})).isFalse();
      assertThat(narrowed.size("p/x")).hasValue(1);
      assertThat(narrowed.list("p/")).toIterable().extracting(Listed::key).containsExactly("p/x");
      try (InputStream in = store.get("a/b-c/p/x", 0, 1)) {
        assertThat(in.read()).isEqualTo(7);
      }
      narrowed.delete("p/x");
    }
    assertThat(store.size("a/b-c/p/x")).isEmpty();
  }

  @Test
  void whatHasNoConditionsIsStoredAgain() {
    BucketAccess plain = access(access.endpoint().getPort(), "moraine", "secret");
    try (ObjectStore careless = new ObjectStore(plain.withConditionalPuts(false))) {
      assertThat(careless.put("t/again", new byte[] {1})).isTrue();
      assertThat(careless.put("t/again", new byte[] {1, 2})).isTrue();
      assertThat(careless.size("t/again")).hasValue(2);
    }
  }

  /** The bucket is in the host's name, in requests and in signed URLs alike. */
  @Test
  void aVirtualHostIsLookedUpAsSuch() {
    BucketAccess virtual =
        new BucketAccess(URI.create("http://s3.example.test:1"), "eu-1", "faces", "key", "secret")
            .by(BucketAccess.UrlStyle.VIRTUAL_HOST)
            .within(
                new BucketAccess.Bounds(
                    1, Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2), 1));
    List<String> asked = new ArrayList<>();
    HostLookup hosts =
        host -> {
          asked.add(host);
          throw new UnknownHostException(host);
        };
    try (ObjectStore nowhere =
        new ObjectStore(virtual, "storage provider x", BucketGate.OPEN, hosts)) {
      assertThatExceptionOfType(ObjectStoreException.class)
          .isThrownBy(() -> nowhere.size("k"))
          .matches(e -> e.bucket().equals("storage provider x"));
    }
    assertThat(asked).containsOnly("faces.s3.example.test");
    assertThat(
            new UrlSigner(virtual, virtual.endpoint(), Clock.systemUTC())
                .get("blobs/x", Duration.ofMinutes(1))
                .url()
                .toString())
        .startsWith("http://faces.s3.example.test:1/blobs/x?");
  }

  @Test
  void everyRequestPassesTheGateAndLeavesItOnce() throws IOException {
    List<Boolean> left = new ArrayList<>();
    BucketAccess same = access(access.endpoint().getPort(), "moraine", "secret");
    try (ObjectStore gated = new ObjectStore(same, "gated", () -> left::add, HostLookup.SYSTEM)) {
      gated.put("g/x", new byte[] {1, 2});
      InputStream in = gated.get("g/x", 0, 2);
      assertThat(left).containsExactly(true);
      in.close();
      in.close();
      assertThat(left).containsExactly(true, true);
      assertThatExceptionOfType(ObjectStoreException.class)
          .isThrownBy(() -> gated.get("g/none", 0, 1));
      assertThat(left).as("a refusal is an answer").containsExactly(true, true, true);
    }
    try (ObjectStore nowhere =
        new ObjectStore(
            access(freePort(), "moraine", "secret"), "away", () -> left::add, HostLookup.SYSTEM)) {
      assertThatExceptionOfType(ObjectStoreException.class).isThrownBy(() -> nowhere.size("g/x"));
      assertThat(left).containsExactly(true, true, true, false);
    }
  }

  /** A stream that is closed early gives its connection back: else the third would wait in vain. */
  @Test
  void streamsClosedEarlyFreeTheirConnections() throws IOException {
    store.put("t/long", new byte[4 << 20]);
    for (int i = 0; i < 3; i++) {
      try (InputStream in = store.get("t/long", 0, 4 << 20)) {
        assertThat(in.read()).isZero();
      }
    }
    assertThat(store.size("t/long")).hasValue(4 << 20);
  }

  @Test
  void whereChecksumsAreNotEnforcedWhatIsThereIsLookedAt() {
    byte[] right = {1, 2, 3};
    for (byte[] there : new byte[][] {{1, 2, 4}, {1, 2}, right}) {
      store.delete("t/checked");
      store.put("t/checked", there);

      store.putChecked("t/checked", right, 3, Sha256.of(right));

      assertThat(store.read("t/checked", 0, 4)).isEqualTo(right);
    }
    store.delete("t/checked");
    store.putChecked("t/checked", right, 3, Sha256.of(right));
    assertThat(store.size("t/checked")).hasValue(3);
  }

  @Test
  void whatIsReadIsInMemoryOnce() {
    byte[] bytes = new byte[Limits.OBJECT_BYTES];
    new Random(2).nextBytes(bytes);
    store.put("t/read", bytes);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    byte[] read = store.read("t/read", 0, bytes.length);
    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

    assertThat(read).isEqualTo(bytes);
    assertThat(allocated).isLessThan(bytes.length + (bytes.length >> 1));
    assertThat(store.read("t/read", bytes.length - 3, 10)).hasSize(3);
  }

  @Test
  void aBodyThatBreaksOffIsWorthTryingAgain() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ObjectStore broken = new ObjectStore(access(server.getLocalPort(), "moraine", "secret"))) {
      Thread answer = new Thread(() -> answerInPart(server));
      answer.start();

      assertThatExceptionOfType(ObjectStoreException.class)
          .isThrownBy(() -> broken.read("t/x", 0, 100))
          .withMessageContaining("t/x in bucket moraine")
          .matches(ObjectStoreException::isRetryable);
      answer.join();
    }
  }

  private static void answerInPart(ServerSocket server) {
    try (Socket socket = server.accept()) {
      BufferedReader request =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      while (!request.readLine().isEmpty()) {
        // to the end of the headers
      }
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 206 Partial Content\r\nContent-Length: 100\r\n\r\nten".getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BucketAccess access(int port, String bucket, String secret) {
    return new BucketAccess(
            URI.create("http://127.0.0.1:" + port), "us-east-1", bucket, "key", secret)
        .within(
            new BucketAccess.Bounds(
                2, Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(20), 2));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
