package io.moraine.dataset.imports;

import io.moraine.content.store.PinnedObject;
import io.moraine.dataset.imports.ImportSource.Bucket;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.ProviderId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Copies the objects of a bucket in the order of their keys, or reads them to say where they lie. A
 * bucket is no snapshot: each object is as it was when it was listed, and one that changes between
 * listing and reading is listed again. Small ones are fetched ahead, a few at once.
 */
final class FetchBucket implements Fetch {
  private static final int PARALLEL = 4;
  private static final int AHEAD = 16;

  /** What is fetched ahead is in memory: 16 MiB at most. */
  private static final int AHEAD_BYTES = 1 << 20;

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Without a byte for so long, a source has broken off. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  private static final long LOOK_MILLIS = 200;

  private static final int PRECONDITION_FAILED = 412;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;

  /** An object, and its bytes when they are on their way. */
  private record Ahead(BucketObject object, Optional<Future<byte[]>> bytes) {}

  private final SourceHttp http;
  private final Bucket source;
  private final Optional<ProviderId> keeper;
  private final ImportConfig limits;
  private boolean isReadable;

  /**
   * @param keeper the provider in whose bucket objects stay; none when they are copied
   */
  FetchBucket(SourceHttp http, Bucket source, Optional<ProviderId> keeper, ImportConfig limits) {
    this.http = http;
    this.source = source;
    this.keeper = keeper;
    this.limits = limits;
  }

  @Override
  public String into(Landing landing, ImportRun run) throws IOException {
    try (S3Client s3 = client()) {
      run.total(requireMeasure(s3, run));
      copy(s3, landing, run);
      return source.shown() + (keeper.isPresent() ? ", by reference" : "");
    } catch (SdkException e) {
      run.requireGoing();
      throw explained(source.bucket(), "", e);
    }
  }

  private S3Client client() {
    return source
        .endpoint()
        .map(endpoint -> S3Client.builder().endpointOverride(endpoint))
        .orElseGet(S3Client::builder)
        .region(Region.of(source.region()))
        .credentialsProvider(credentials())
        .forcePathStyle(source.pathStyle())
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .httpClientBuilder(
            ApacheHttpClient.builder()
                .dnsResolver(http.resolver())
                .proxyConfiguration(
                    ProxyConfiguration.builder()
                        .useSystemPropertyValues(false)
                        .useEnvironmentVariableValues(false)
                        .build())
                .maxConnections(PARALLEL + 1)
                .connectionTimeout(CONNECT)
                .connectionAcquisitionTimeout(SILENCE)
                .socketTimeout(SILENCE))
        .build();
  }

  private AwsCredentialsProvider credentials() {
    return source
        .access()
        .<AwsCredentialsProvider>map(
            access ->
                StaticCredentialsProvider.create(
                    access
                        .sessionToken()
                        .<AwsCredentials>map(
                            token ->
                                AwsSessionCredentials.create(
                                    access.accessKey(), access.secretKey().text(), token.text()))
                        .orElseGet(
                            () ->
                                AwsBasicCredentials.create(
                                    access.accessKey(), access.secretKey().text()))))
        .orElseGet(AnonymousCredentialsProvider::create);
  }

  /** The bytes of all objects. Fails before anything is copied when that is too much. */
  private long requireMeasure(S3Client s3, ImportRun run) {
    long objects = 0;
    long bytes = 0;
    for (Iterator<S3Object> all = list(s3, Optional.empty()); all.hasNext(); ) {
      run.requireGoing();
      bytes += all.next().size();
      objects++;
      if (objects > limits.maxFiles() || bytes > limits.maxBytes()) {
        throw new ImportFailedException(
            "%s has more than %,d objects or %,d bytes, which is the most of one import. Import it in parts."
                .formatted(source.shown(), limits.maxFiles(), limits.maxBytes()));
      }
    }
    if (objects == 0) {
      throw new ImportFailedException(
          source.shown() + " has no objects. Is the prefix right? It has no slash at its begin.");
    }
    return bytes;
  }

  private Iterator<S3Object> list(S3Client s3, Optional<String> after) {
    return s3
        .listObjectsV2Paginator(
            list ->
                list.bucket(source.bucket()).prefix(source.prefix()).startAfter(after.orElse(null)))
        .contents()
        .stream()
        .filter(object -> !isDirectory(object))
        .iterator();
  }

  /** What consoles make to show an empty directory. */
  private static boolean isDirectory(S3Object object) {
    return object.key().endsWith("/") && object.size() == 0;
  }

  private void copy(S3Client s3, Landing landing, ImportRun run) throws IOException {
    Iterator<S3Object> objects = list(s3, run.done().key());
    Deque<Ahead> ahead = new ArrayDeque<>();
    ExecutorService threads = Executors.newFixedThreadPool(PARALLEL, FetchBucket::thread);
    try {
      while (objects.hasNext() || !ahead.isEmpty()) {
        while (objects.hasNext() && ahead.size() < AHEAD) {
          ahead.add(ahead(s3, objects.next(), threads, run));
        }
        put(s3, ahead.remove(), landing, run);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "import-ahead");
    thread.setDaemon(true);
    return thread;
  }

  private Ahead ahead(S3Client s3, S3Object found, ExecutorService threads, ImportRun run) {
    BucketObject object =
        new BucketObject(s3, source.bucket(), found.key(), found.size(), found.eTag(), run);
    return new Ahead(
        object,
        found.size() <= AHEAD_BYTES ? Optional.of(threads.submit(object::read)) : Optional.empty());
  }

  private void put(S3Client s3, Ahead next, Landing landing, ImportRun run) throws IOException {
    BucketObject object = next.object();
    FilePath path = landing.path(name(object.key()));
    if (next.bytes().isPresent()) {
      byte[] bytes = await(next.bytes().get(), run);
      run.read(bytes.length);
      InputStream body = new ByteArrayInputStream(bytes);
      if (keeper.isPresent()) {
        requireReadable(s3, object.pinned());
        landing.refer(path, object, keeper.get(), body);
      } else {
        landing.put(path, object.length(), body);
      }
    } else if (keeper.isPresent()) {
      landing.refer(path, object, keeper.get());
      requireReadable(s3, object.pinned());
    } else {
      landing.put(path, object);
    }
    landing.done(object.key());
  }

  /** Once for all objects: to read a version by its id needs a permission of its own. */
  private void requireReadable(S3Client s3, PinnedObject object) throws IOException {
    if (isReadable || object.versionId().isEmpty()) {
      return;
    }
    try {
      s3.headObject(
          head ->
              head.bucket(source.bucket()).key(object.key()).versionId(object.versionId().get()));
      isReadable = true;
    } catch (AwsServiceException e) {
      if (e.statusCode() == FORBIDDEN) {
        throw new ImportFailedException(
            "The bucket %s keeps versions, and the keys of storage provider %s may not read one by its id: let them (s3:GetObjectVersion), or copy the objects."
                .formatted(source.bucket(), keeper.get()));
      }
      throw explained(source.bucket(), EntryName.shown(object.key()), e);
    }
  }

  private static byte[] await(Future<byte[]> bytes, ImportRun run) throws IOException {
    try {
      while (true) {
        run.requireGoing();
        try {
          return bytes.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          // It is on its way still.
        }
      }
    } catch (ExecutionException e) {
      run.requireGoing();
      if (e.getCause() instanceof ImportFailedException failed) {
        throw failed;
      }
      throw new SourceBrokenException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SourceBrokenException("interrupted", e);
    }
  }

  /** What is left of a key; of an object that is named whole, its last segment. */
  private String name(String key) {
    String rest = key.substring(source.prefix().length());
    String name = rest.startsWith("/") && !source.prefix().isEmpty() ? rest.substring(1) : rest;
    return name.isEmpty() ? key.substring(key.lastIndexOf('/') + 1) : name;
  }

  /** What a failure means; never with what signed the request. */
  static IOException explained(String bucket, String object, SdkException failure) {
    if (!(failure instanceof AwsServiceException answer)) {
      return SourceHttp.broken("The bucket " + bucket, failure);
    }
    int status = answer.statusCode();
    String code =
        answer.awsErrorDetails() == null ? "" : " " + answer.awsErrorDetails().errorCode();
    String said =
        "The bucket %s answered with %d%s%s"
            .formatted(bucket, status, code, object.isEmpty() ? "" : " about " + object);
    boolean isChange = !object.isEmpty() && (status == PRECONDITION_FAILED || status == NOT_FOUND);
    if (isChange || status >= 500 || status == TOO_MANY_REQUESTS) {
      return new SourceBrokenException(said, failure);
    }
    throw new ImportFailedException(
        said + ". Are the endpoint, the region, the bucket and the keys right?");
  }
}
