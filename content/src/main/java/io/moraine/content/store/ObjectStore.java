package io.moraine.content.store;

import io.moraine.content.format.Limits;
import io.moraine.content.store.BucketAccess.UrlStyle;
import io.moraine.content.store.BucketGate.Passage;
import io.moraine.content.store.ObjectStoreException.Reason;
import io.moraine.vocabulary.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The objects of one bucket of an S3-compatible provider. Every object is one PUT of up to 32 MiB
 * with its SHA-256, and none is ever overwritten.
 *
 * <p>Blocking: call it on worker threads. Thread-safe; as many requests are in flight at once as
 * {@link BucketAccess.Bounds#maxConnections()} allows. Requests are tried again within the bounds
 * given there; what still fails is an {@link ObjectStoreException}. Connections are plain sockets
 * with TCP_NODELAY and are kept for the next request.
 */
public final class ObjectStore implements AutoCloseable {
  /**
   * An object as a listing names it.
   *
   * @param lastModified when it was stored, by the provider's clock
   */
  public record Listed(String key, long sizeBytes, Instant lastModified) {}

  private static final String ANY_BYTES = "application/octet-stream";
  private static final int PRECONDITION_FAILED = 412;
  private static final int NOT_FOUND = 404;

  private final S3Client s3;
  private final BucketAccess access;
  private final String name;
  private final BucketGate gate;

  public ObjectStore(BucketAccess access) {
    this(access, access.toString(), BucketGate.OPEN, HostLookup.SYSTEM);
  }

  /**
   * @param name by which people know the bucket, for messages
   * @param gate that every request passes
   * @param hosts by which the endpoint's address is found
   */
  public ObjectStore(BucketAccess access, String name, BucketGate gate, HostLookup hosts) {
    BucketAccess.Bounds bounds = access.bounds();
    this.access = access;
    this.name = name;
    this.gate = gate;
    this.s3 =
        S3Client.builder()
            .endpointOverride(access.endpoint())
            .region(Region.of(access.region()))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(access.accessKey(), access.secretKey())))
            .forcePathStyle(access.urlStyle() == UrlStyle.PATH)
            .putAuthScheme(new ChecksumSigning())
            // The SHA-256 header says it all: no second checksum, and no aws-chunked body, which
            // not every S3-compatible provider takes.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
            .httpClientBuilder(
                ApacheHttpClient.builder()
                    .maxConnections(bounds.maxConnections())
                    .connectionTimeout(bounds.connectTimeout())
                    .connectionAcquisitionTimeout(bounds.connectTimeout())
                    .dnsResolver(hosts::addresses)
                    .socketTimeout(bounds.silence()))
            .overrideConfiguration(
                client ->
                    client
                        .apiCallAttemptTimeout(bounds.attemptTimeout())
                        .apiCallTimeout(bounds.attemptTimeout().multipliedBy(bounds.attempts()))
                        .retryStrategy(
                            StandardRetryStrategy.builder().maxAttempts(bounds.attempts()).build()))
            .build();
  }

  /** As {@link #put(String, byte[], int, Sha256)} with the whole array, hashed here. */
  public boolean put(String key, byte[] bytes) {
    return put(key, bytes, bytes.length, Sha256.of(bytes));
  }

  /**
   * Stores the first {@code length} of {@code bytes} under {@code key}, unless there is an object
   * already; the provider refuses bytes that do not have {@code sha256}, where it does so at all.
   * Without {@link BucketAccess#conditionalPuts()} it is stored again: bytes that are named by
   * their SHA-256 are the same bytes. When it returns, the object is as durable as the provider
   * makes it. The array must not change meanwhile.
   *
   * @return whether it was stored now; false if the provider said that an object was there already
   */
  public boolean put(String key, byte[] bytes, int length, Sha256 sha256) {
    if (length > Limits.OBJECT_BYTES) {
      throw new IllegalArgumentException(
          key + ": an object has at most " + Limits.OBJECT_BYTES + " bytes, not " + length + ".");
    }
    RequestBody body =
        RequestBody.fromContentProvider(
            () -> new ByteArrayInputStream(bytes, 0, length), length, ANY_BYTES);
    return call(
        "put",
        key,
        () -> {
          try {
            s3.putObject(
                put ->
                    put.bucket(access.bucket())
                        .key(access.inBucket(key))
                        .contentLength((long) length)
                        .contentType(ANY_BYTES)
                        .checksumSHA256(sha256.base64())
                        .ifNoneMatch(access.conditionalPuts() ? "*" : null),
                body);
            return true;
          } catch (AwsServiceException e) {
            if (e.statusCode() == PRECONDITION_FAILED) {
              return false;
            }
            throw e;
          }
        });
  }

  /**
   * As {@link #put(String, byte[], int, Sha256)}, for a provider that takes any bytes under any
   * checksum: an object that is there already is read, 64 KiB in memory, and replaced when it is
   * not what it should be.
   */
  public void putChecked(String key, byte[] bytes, int length, Sha256 sha256) {
    if (put(key, bytes, length, sha256) || has(key, length, sha256)) {
      return;
    }
    delete(key);
    if (!put(key, bytes, length, sha256) && !has(key, length, sha256)) {
      throw new ObjectStoreException(
          Reason.UNAVAILABLE,
          name,
          "somebody else stores other bytes than their SHA-256 says as %s in %s (worth trying again)"
              .formatted(key, access),
          null);
    }
  }

  private boolean has(String key, int length, Sha256 sha256) {
    OptionalLong size = size(key);
    if (size.isEmpty() || size.getAsLong() != length) {
      return false;
    }
    MessageDigest digest = Sha256.newDigest();
    try (InputStream in = new DigestInputStream(get(key, 0, length), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw brokeOff(key, e);
    }
    return Sha256.finish(digest).equals(sha256);
  }

  /**
   * Opens {@code length} bytes from {@code offset}; the object is at least that long. The stream
   * holds a connection until it is closed, and is not retried once it is open: a broken one throws
   * an {@link java.io.IOException}.
   */
  public InputStream get(String key, long offset, long length) {
    if (length == 0) {
      return InputStream.nullInputStream(); // HTTP has no empty range
    }
    return open(
        key,
        length,
        get -> get.key(access.inBucket(key)).range(range(offset, length)),
        answer -> {});
  }

  /**
   * As {@link #get(String, long, long)}, of an object that somebody else may change: another one
   * under its key is {@link Reason#CHANGED}, none {@link Reason#MISSING}. Not every provider knows
   * conditions of a GET: what the answer says of itself counts.
   */
  public InputStream get(PinnedObject object, long offset, long length) {
    if (length == 0) {
      return InputStream.nullInputStream();
    }
    return open(
        object.key(),
        length,
        get ->
            get.key(object.key())
                .versionId(object.versionId().orElse(null))
                .ifMatch(object.etag())
                .range(range(offset, length)),
        answer -> requireSame(object, answer));
  }

  private void requireSame(PinnedObject object, GetObjectResponse answer) {
    if (!object.etag().equals(answer.eTag())) {
      throw new ObjectStoreException(
          Reason.CHANGED,
          name,
          "%s in %s has the ETag %s, not %s"
              .formatted(object.key(), access, answer.eTag(), object.etag()),
          null);
    }
  }

  private static String range(long offset, long length) {
    return "bytes=" + offset + "-" + (offset + length - 1);
  }

  private InputStream open(
      String key,
      long length,
      Consumer<GetObjectRequest.Builder> what,
      Consumer<GetObjectResponse> check) {
    Passage passage = gate.enter();
    try {
      ResponseInputStream<GetObjectResponse> answer =
          send("get", key, () -> s3.getObject(get -> what.accept(get.bucket(access.bucket()))));
      requireRight(answer, check);
      return new ObjectStream(answer, length, passage);
    } catch (RuntimeException e) {
      passage.leave(isAnswer(e));
      throw e;
    }
  }

  private static void requireRight(
      ResponseInputStream<GetObjectResponse> answer, Consumer<GetObjectResponse> check) {
    try {
      check.accept(answer.response());
    } catch (RuntimeException e) {
      answer.abort();
      throw e;
    }
  }

  /**
   * Reads {@code length} bytes from {@code offset}, fewer where the object ends before. They are in
   * memory once. A body that breaks off is worth trying again.
   */
  public byte[] read(String key, long offset, int length) {
    byte[] bytes = new byte[length];
    try (InputStream in = get(key, offset, length)) {
      int read = in.readNBytes(bytes, 0, length);
      return read == length ? bytes : Arrays.copyOf(bytes, read);
    } catch (IOException e) {
      throw brokeOff(key, e);
    }
  }

  private ObjectStoreException brokeOff(String key, IOException e) {
    return new ObjectStoreException(
        Reason.UNAVAILABLE,
        name,
        "%s in %s broke off: %s (worth trying again)".formatted(key, access, e.getMessage()),
        e);
  }

  /** An object's length in bytes; empty if there is none. */
  public OptionalLong size(String key) {
    return call(
        "look at",
        key,
        () -> {
          try {
            return OptionalLong.of(
                s3.headObject(head -> head.bucket(access.bucket()).key(access.inBucket(key)))
                    .contentLength());
          } catch (AwsServiceException e) {
            if (e.statusCode() == NOT_FOUND) {
              return OptionalLong.empty();
            }
            throw e;
          }
        });
  }

  /** What has become of an object that somebody else may have changed. */
  public PinnedObject.State look(PinnedObject object) {
    return call(
        "look at",
        object.key(),
        () -> {
          try {
            String now =
                s3.headObject(
                        head ->
                            head.bucket(access.bucket())
                                .key(object.key())
                                .versionId(object.versionId().orElse(null)))
                    .eTag();
            return object.etag().equals(now) ? PinnedObject.State.SAME : PinnedObject.State.CHANGED;
          } catch (AwsServiceException e) {
            if (e.statusCode() == NOT_FOUND) {
              return PinnedObject.State.GONE;
            }
            throw e;
          }
        });
  }

  /** Deletes an object; one that is not there is no error. */
  public void delete(String key) {
    call(
        "delete",
        key,
        () -> s3.deleteObject(delete -> delete.bucket(access.bucket()).key(access.inBucket(key))));
  }

  /** The objects whose keys begin with {@code prefix}, in key order, 1,000 loaded at a time. */
  public Iterator<Listed> list(String prefix) {
    // The first page is asked for at once.
    Iterator<Listed> pages =
        call(
            "list",
            prefix,
            () ->
                s3
                    .listObjectsV2Paginator(
                        list -> list.bucket(access.bucket()).prefix(access.inBucket(prefix)))
                    .contents()
                    .stream()
                    .map(
                        object ->
                            new Listed(
                                access.belowPrefix(object.key()),
                                object.size(),
                                object.lastModified()))
                    .iterator());
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return call("list", prefix, pages::hasNext);
      }

      @Override
      public Listed next() {
        return call("list", prefix, pages::next);
      }
    };
  }

  private <T> T call(String action, String key, Supplier<T> request) {
    Passage passage = gate.enter();
    boolean answered = true;
    try {
      return send(action, key, request);
    } catch (RuntimeException e) {
      answered = isAnswer(e);
      throw e;
    } finally {
      passage.leave(answered);
    }
  }

  private static boolean isAnswer(RuntimeException e) {
    return e instanceof ObjectStoreException failure && !failure.isRetryable();
  }

  private <T> T send(String action, String key, Supplier<T> request) {
    try {
      return request.get();
    } catch (SdkException e) {
      Reason reason = reason(e);
      throw new ObjectStoreException(
          reason,
          name,
          "cannot "
              + action
              + " "
              + key
              + " in "
              + name
              + ": "
              + e.getMessage()
              + " ("
              + (reason == Reason.UNAVAILABLE ? "worth trying again" : "trying again will not help")
              + ")",
          e);
    }
  }

  private static Reason reason(SdkException failure) {
    if (!(failure instanceof AwsServiceException answer)) {
      return Reason.UNAVAILABLE; // no answer: network, time-out, pool exhausted
    }
    int status = answer.statusCode();
    if (status == NOT_FOUND) {
      return Reason.MISSING;
    }
    if (status == PRECONDITION_FAILED) {
      return Reason.CHANGED;
    }
    // 408 time-out, 409 another conditional put is under way, 429 too many requests
    boolean passing = status >= 500 || status == 408 || status == 409 || status == 429;
    return passing ? Reason.UNAVAILABLE : Reason.REFUSED;
  }

  @Override
  public void close() {
    s3.close();
  }
}
