package io.moraine.content.store;

import io.moraine.content.store.UrlSigner.SignedUrl;
import io.moraine.vocabulary.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.apache.ApacheHttpClient;

/**
 * Tries on a bucket what Moraine relies on: with requests of its own and with signed URLs, as those
 * have them who upload past the service. Puts a few small objects below one key and deletes them
 * again. Blocking; a bucket that hangs is given up after {@link #PATIENCE} for each of two tries.
 * Not thread-safe; for one use.
 */
public final class BucketProbe implements AutoCloseable {
  /** What has to work, or the bucket is of no use. */
  public enum Step {
    WRITE("write an object"),
    READ("read an object"),
    LIST("list objects"),
    DELETE("delete an object");

    private final String text;

    Step(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * What the provider does that not every one does.
   *
   * @param takesConditions whether a PUT with {@code If-None-Match: *} is taken at all
   * @param keepsWhatIsThere whether such a PUT leaves an object that is there as it is
   * @param enforcesChecksums whether bytes that have not the SHA-256 they were sent or signed with,
   *     and whatever else is not as it was signed, are refused
   */
  public record Findings(
      boolean takesConditions, boolean keepsWhatIsThere, boolean enforcesChecksums) {}

  /** Something that has to work does not. */
  public static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Step step;
    private final boolean answered;

    FailedException(Step step, String why, boolean answered, Throwable cause) {
      super(why, cause);
      this.step = step;
      this.answered = answered;
    }

    public Step step() {
      return step;
    }

    /** Whether the bucket answered at all. */
    public boolean answered() {
      return answered;
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** What a probe may take. */
  public static final BucketAccess.Bounds BOUNDS =
      new BucketAccess.Bounds(2, Duration.ofSeconds(5), PATIENCE, PATIENCE, 2);

  private static final Duration LIFETIME = Duration.ofMinutes(5);
  private static final String CHECKSUM = "x-amz-checksum-sha256";
  private static final byte[] BYTES = bytes("Moraine was here.");

  /** As long as the others: not told from them by their length. */
  private static final byte[] OTHERS = bytes("Moraine was nice.");

  private static final byte[] LONGER = bytes("Moraine was here. And more.");
  private static final Duration LONG_AGO = Duration.ofHours(-1);

  private final BucketAccess access;
  private final HostLookup hosts;
  private final String root;
  private final SdkHttpClient http;

  /**
   * @param keys what the keys of the probe's objects begin with
   */
  public BucketProbe(BucketAccess access, HostLookup hosts, String keys) {
    this.access = access.within(BOUNDS);
    this.hosts = hosts;
    this.root = keys + UUID.randomUUID();
    this.http =
        ApacheHttpClient.builder()
            .dnsResolver(hosts::addresses)
            .connectionTimeout(BOUNDS.connectTimeout())
            .socketTimeout(BOUNDS.silence())
            .build();
  }

  /** Tries everything once. */
  public Findings run() throws FailedException {
    boolean takesConditions = write();
    BucketAccess taken = access.withConditionalPuts(takesConditions);
    try (ObjectStore store = store(taken)) {
      try {
        requireBytes(store);
        requireListed(store);
        boolean keeps = takesConditions && keepsWhatIsThere(store, taken);
        boolean enforces = refusesOtherBytes(store) && refusesOtherSignedBytes(store, taken);
        requireDeleted(store);
        return new Findings(takesConditions, keeps, enforces);
      } catch (ObjectStoreException e) {
        throw failed(Step.READ, e);
      } finally {
        cleanUp(store);
      }
    }
  }

  /** Whether it was taken with a condition, or only without. */
  private boolean write() throws FailedException {
    if (access.conditionalPuts()) {
      try (ObjectStore store = store(access)) {
        store.put(root, BYTES);
        return true;
      } catch (ObjectStoreException e) {
        if (!mayBeTheCondition(e)) {
          throw failed(Step.WRITE, e);
        }
      }
    }
    try (ObjectStore store = store(access.withConditionalPuts(false))) {
      required(Step.WRITE, () -> store.put(root, BYTES));
      return false;
    }
  }

  /** How providers say that they do not know the header: 400, 405 or 501. */
  private static boolean mayBeTheCondition(ObjectStoreException e) {
    return e.getCause() instanceof AwsServiceException answer
        && Set.of(400, 405, 501).contains(answer.statusCode());
  }

  private void requireBytes(ObjectStore store) throws FailedException {
    byte[] read = required(Step.READ, () -> read(store));
    if (!Arrays.equals(read, BYTES)) {
      throw new FailedException(
          Step.READ, "what was read is not what was written just before", true, null);
    }
  }

  private byte[] read(ObjectStore store) {
    try (InputStream in = store.get(root, 0, BYTES.length)) {
      return in.readNBytes(BYTES.length);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private void requireListed(ObjectStore store) throws FailedException {
    boolean listed =
        required(
            Step.LIST,
            () -> store.list(root).hasNext() && store.list(root).next().key().equals(root));
    if (!listed) {
      throw new FailedException(
          Step.LIST, "the object that was written just before is not in the listing", true, null);
    }
  }

  /** What is there stays, whether our own request or a signed one would replace it. */
  private boolean keepsWhatIsThere(ObjectStore store, BucketAccess taken) {
    attempt(() -> store.put(root, OTHERS));
    if (!Arrays.equals(read(store), BYTES)) {
      return false;
    }
    SignedUrl url = signer(taken).put(root, OTHERS.length, Sha256.of(OTHERS), LIFETIME);
    attempt(() -> send(url, url.headers(), OTHERS));
    return Arrays.equals(read(store), BYTES);
  }

  private boolean refusesOtherBytes(ObjectStore store) {
    attempt(() -> store.put(tampered(), OTHERS, OTHERS.length, Sha256.of(BYTES)));
    return isAbsent(store);
  }

  /** Nothing that was signed may be exchanged, and nothing be used after its time. */
  private boolean refusesOtherSignedBytes(ObjectStore store, BucketAccess taken) {
    SignedUrl url = signer(taken).put(tampered(), BYTES.length, Sha256.of(BYTES), LIFETIME);
    attempt(() -> send(url, url.headers(), OTHERS));
    Map<String, String> exchanged = new HashMap<>(url.headers());
    exchanged.put(CHECKSUM, Sha256.of(OTHERS).base64());
    attempt(() -> send(url, exchanged, OTHERS));
    attempt(() -> send(url, url.headers(), LONGER));
    SignedUrl expired =
        new UrlSigner(taken, taken.endpoint(), Clock.offset(Clock.systemUTC(), LONG_AGO))
            .put(tampered(), BYTES.length, Sha256.of(BYTES), LIFETIME);
    attempt(() -> send(expired, expired.headers(), BYTES));
    return isAbsent(store);
  }

  private boolean isAbsent(ObjectStore store) {
    return store.size(tampered()).isEmpty();
  }

  private String tampered() {
    return root + "-tampered";
  }

  private void requireDeleted(ObjectStore store) throws FailedException {
    required(
        Step.DELETE,
        () -> {
          store.delete(root);
          return true;
        });
    if (required(Step.DELETE, () -> store.size(root)).isPresent()) {
      throw new FailedException(
          Step.DELETE, "the object is still there after its deletion", true, null);
    }
  }

  private void cleanUp(ObjectStore store) {
    attempt(() -> store.delete(root));
    attempt(() -> store.delete(tampered()));
  }

  private boolean send(SignedUrl url, Map<String, String> headers, byte[] body) {
    SdkHttpFullRequest.Builder request =
        SdkHttpFullRequest.builder()
            .method(SdkHttpMethod.PUT)
            .uri(url.url())
            .putHeader("Host", url.url().getAuthority())
            .putHeader("Content-Length", Integer.toString(body.length))
            .contentStreamProvider(() -> new ByteArrayInputStream(body));
    headers.forEach(request::putHeader);
    SdkHttpFullRequest complete = request.build();
    try {
      HttpExecuteResponse answer =
          http.prepareRequest(
                  HttpExecuteRequest.builder()
                      .request(complete)
                      .contentStreamProvider(complete.contentStreamProvider().orElseThrow())
                      .build())
              .call();
      answer.responseBody().ifPresent(in -> in.abort());
      return answer.httpResponse().isSuccessful();
    } catch (IOException e) {
      return false; // what it did is looked at afterwards
    }
  }

  /** What matters is what is in the bucket afterwards, not how it was refused. */
  private static void attempt(Runnable request) {
    try {
      request.run();
    } catch (ObjectStoreException e) {
      // refused
    }
  }

  private static <T> T required(Step step, Supplier<T> request) throws FailedException {
    try {
      return request.get();
    } catch (ObjectStoreException e) {
      throw failed(step, e);
    }
  }

  private static FailedException failed(Step step, ObjectStoreException e) {
    String why = why(e);
    return new FailedException(step, why, isAnswer(e), e);
  }

  /** Of a host that is not found, the SDK says no more than that. */
  private static String why(Throwable e) {
    String why = e.getMessage();
    for (Throwable t = e.getCause(); t != null; t = t.getCause()) {
      if (t instanceof AwsServiceException answer) {
        return answer.getMessage();
      }
      if (t instanceof IOException) {
        why = t.getMessage();
      }
    }
    return why;
  }

  private static boolean isAnswer(ObjectStoreException e) {
    return e.getCause() instanceof AwsServiceException;
  }

  private ObjectStore store(BucketAccess how) {
    return new ObjectStore(how, how.toString(), BucketGate.OPEN, hosts);
  }

  private UrlSigner signer(BucketAccess how) {
    return new UrlSigner(how, how.endpoint(), Clock.systemUTC());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    http.close();
  }
}
