package io.moraine.standalone.server;

import io.moraine.standalone.home.Durable;
import io.moraine.standalone.home.Environment;
import io.moraine.standalone.home.Home;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/**
 * An S3 server in this JVM, on loopback, over a directory. Every request has to be signed with the
 * one key pair. An object is on disk, whole, before its PUT is acknowledged. Checksums ({@code
 * x-amz-checksum-…}) and {@code If-None-Match: *} are honoured.
 */
public final class S3Server implements AutoCloseable {
  /** Three services with a few dozen connections each; the rest wait in the accept queue. */
  private static final int THREADS = 64;

  private static final long STOP_MILLIS = 5_000;

  /**
   * @param directory the buckets, made when missing
   * @param bucket made when missing
   */
  public record Config(
      Path directory, int port, String bucket, String accessKey, String secretKey) {}

  private final S3Proxy proxy;
  private final DurableBlobStore store;

  private S3Server(S3Proxy proxy, DurableBlobStore store) {
    this.proxy = proxy;
    this.store = store;
  }

  /** Returns when clients are answered and the bucket exists. */
  public static S3Server start(Config config) throws IOException {
    Durable.createDirectories(config.directory().resolve(config.bucket()).getParent());
    DurableBlobStore store = DurableBlobStore.open(config.directory());
    store.createBucketIfMissing(config.bucket());
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:" + config.port()))
            .awsAuthentication(
                AuthenticationType.AWS_V2_OR_V4, config.accessKey(), config.secretKey())
            .jettyMaxThreads(THREADS)
            .stopTimeout(STOP_MILLIS)
            .build();
    try {
      proxy.start();
    } catch (Exception e) {
      store.close();
      throw new IOException("The S3 server could not start: " + e.getMessage(), e);
    }
    return new S3Server(proxy, store);
  }

  /** Runs until standard input ends or the process is told to stop. */
  public static void main(String[] arguments) throws Exception {
    Leash.hold();
    Environment environment = Environment.ofThisProcess();
    Home home = new Home(Path.of(environment.require("MORAINE_HOME")));
    S3Server server =
        start(
            new Config(
                home.s3(),
                environment.port("MORAINE_S3_PORT", 9090),
                environment.require("MORAINE_S3_BUCKET"),
                environment.require("MORAINE_S3_ACCESS_KEY"),
                environment.require("MORAINE_S3_SECRET_KEY")));
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
  }

  /** Requests under way may finish within a few seconds. */
  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      System.err.println("The S3 server could not be stopped in order: " + e.getMessage());
    } finally {
      store.close();
    }
  }
}
