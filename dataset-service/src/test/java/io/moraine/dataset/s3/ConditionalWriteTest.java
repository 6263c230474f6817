package io.moraine.dataset.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Writes that are to be made only where the path is as the writer expects. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ConditionalWriteTest {
  private static final String KEY = "dir/a b.txt";
  private static final int WRITERS = 8;

  /** With a base, and without: what is staged is kept in two ways. */
  private static TestVersion version(boolean based) {
    TestVersion version = TestVersion.open().with("base.txt", new byte[] {1});
    return based
        ? TestVersion.open(
            version.committed().team(), version.dataset(), Map.of("base", version.id()))
        : version;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileIsNotReplacedThatShouldNotBeThere(boolean based) {
    TestVersion version = version(based);
    try (S3Client s3 = client(version)) {
      put(s3, version, KEY, "first", b -> b.ifNoneMatch("*"));
      refused(412, "PreconditionFailed", () -> put(s3, version, KEY, "second", absent()));
      refused(412, "PreconditionFailed", () -> put(s3, version, "base.txt", "second", absent()));
      assertThat(get(s3, version, KEY)).isEqualTo("first");

      delete(s3, version, KEY, b -> {});
      delete(s3, version, "base.txt", b -> {});
      put(s3, version, KEY, "third", absent());
      put(s3, version, "base.txt", "third", absent());
      assertThat(get(s3, version, KEY)).isEqualTo("third");
      assertThat(get(s3, version, "base.txt")).isEqualTo("third");
    }
  }

  @Test
  void aRefusalNamesTheCondition() throws Exception {
    TestVersion version = version(false);
    try (var presigner = GatewayClient.of(version.team().key()).presigner()) {
      URI put =
          presigner
              .presignPutObject(
                  p ->
                      p.signatureDuration(Duration.ofHours(1))
                          .putObjectRequest(
                              o -> o.bucket(version.dataset()).key(version.id() + "/base.txt")))
              .url()
              .toURI();
      assertThat(answer(put, "If-None-Match", "*"))
          .contains("PreconditionFailed", "<Condition>If-None-Match</Condition>");
      assertThat(answer(put, "If-Match", "\"other-1\""))
          .contains("PreconditionFailed", "<Condition>If-Match</Condition>");
    }
  }

  private static String answer(URI put, String condition, String value) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(put)
            .PUT(HttpRequest.BodyPublishers.ofString("x"))
            .header(condition, value)
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onlyTheExpectedFileIsReplaced(boolean based) {
    TestVersion version = version(based);
    try (S3Client s3 = client(version)) {
      refused(404, "NoSuchKey", () -> put(s3, version, KEY, "x", b -> b.ifMatch("*")));
      String base = etag(s3, version, "base.txt");
      refused(404, "NoSuchKey", () -> put(s3, version, KEY, "x", b -> b.ifMatch(base)));

      String first = put(s3, version, "base.txt", "first", b -> b.ifMatch(base));
      refused(
          412,
          "PreconditionFailed",
          () -> put(s3, version, "base.txt", "x", b -> b.ifMatch(base)),
          "base.txt",
          first);
      String second = put(s3, version, "base.txt", "second", b -> b.ifMatch(first));
      put(s3, version, "base.txt", "third", b -> b.ifMatch("*"));
      refused(
          412,
          "PreconditionFailed",
          () -> put(s3, version, "base.txt", "x", b -> b.ifMatch(second)));
      assertThat(get(s3, version, "base.txt")).isEqualTo("third");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onlyTheExpectedFileIsDeleted(boolean based) {
    TestVersion version = version(based);
    try (S3Client s3 = client(version)) {
      String base = etag(s3, version, "base.txt");
      String first = put(s3, version, KEY, "first", b -> {});
      refused(
          412, "PreconditionFailed", () -> delete(s3, version, "base.txt", b -> b.ifMatch(first)));
      refused(412, "PreconditionFailed", () -> delete(s3, version, KEY, b -> b.ifMatch(base)));
      assertThat(get(s3, version, KEY)).isEqualTo("first");

      delete(s3, version, "base.txt", b -> b.ifMatch(base));
      delete(s3, version, KEY, b -> b.ifMatch("*"));
      refused(404, "NoSuchKey", () -> delete(s3, version, KEY, b -> b.ifMatch("*")));
      refused(404, "NoSuchKey", () -> delete(s3, version, "base.txt", b -> b.ifMatch(base)));
    }
    assertThat(version.request().get(version.path() + "/files").<List<String>>path("items.path"))
        .isEmpty();
  }

  @Test
  void anUploadInPartsIsCompletedOnlyAsExpected() {
    TestVersion version = version(false);
    try (S3Client s3 = client(version)) {
      Completion late = upload(s3, version, KEY, "late");
      Completion first = upload(s3, version, KEY, "first");

      String etag = first.complete(b -> b.ifNoneMatch("*"));
      assertThat(first.complete(b -> b.ifNoneMatch("*"))).isEqualTo(etag); // asked again
      refused(412, "PreconditionFailed", () -> late.complete(b -> b.ifNoneMatch("*")));
      refused(
          412,
          "PreconditionFailed",
          () -> late.complete(b -> b.ifMatch(etag(s3, version, "base.txt"))));
      assertThat(get(s3, version, KEY)).isEqualTo("first");

      late.complete(b -> b.ifMatch(etag)); // the upload is there still
      assertThat(get(s3, version, KEY)).isEqualTo("late");
    }
  }

  @Test
  void whatCannotBeExpectedIsRefused() {
    TestVersion version = version(false);
    String bucket = version.dataset();
    try (S3Client s3 = client(version)) {
      String etag = etag(s3, version, "base.txt");
      refused(
          501, "NotImplemented", () -> put(s3, version, "base.txt", "x", b -> b.ifNoneMatch(etag)));
      refused(
          501,
          "NotImplemented",
          () -> put(s3, version, "base.txt", "x", b -> b.ifNoneMatch("*").ifMatch(etag)));
      refused(
          501,
          "NotImplemented",
          () ->
              s3.copyObject(
                  b ->
                      b.sourceBucket(bucket)
                          .sourceKey(version.id() + "/base.txt")
                          .destinationBucket(bucket)
                          .destinationKey(version.id() + "/copy.txt")
                          .ifNoneMatch("*")));
      refused(
          404,
          "NoSuchKey",
          () -> s3.headObject(b -> b.bucket(bucket).key(version.id() + "/copy.txt")));
    }
  }

  @Test
  void aCommittedVersionIsRefusedFirst() {
    TestVersion version = version(false);
    try (S3Client s3 = client(version)) {
      String etag = etag(s3, version, "base.txt");
      version.committed();
      refused(403, "AccessDenied", () -> put(s3, version, "base.txt", "x", absent()), "committed");
      refused(403, "AccessDenied", () -> put(s3, version, KEY, "x", absent()), "committed");
      refused(403, "AccessDenied", () -> delete(s3, version, "base.txt", b -> b.ifMatch(etag)));
    }
  }

  /** However they meet, one is served; what the others are told is true. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ofWritersThatExpectTheSameOneIsServed(boolean based) throws Exception {
    TestVersion version = version(based);
    try (S3Client s3 = client(version)) {
      String created = winner(writer -> put(s3, version, KEY, "created by " + writer, absent()));
      assertThat(etag(s3, version, KEY)).isEqualTo(created);

      String replaced =
          winner(writer -> put(s3, version, KEY, "replaced " + writer, b -> b.ifMatch(created)));
      assertThat(etag(s3, version, KEY)).isEqualTo(replaced);

      String base = etag(s3, version, "base.txt");
      String rebased =
          winner(writer -> put(s3, version, "base.txt", "r" + writer, b -> b.ifMatch(base)));
      assertThat(etag(s3, version, "base.txt")).isEqualTo(rebased);

      winner(
          writer -> {
            delete(s3, version, KEY, b -> b.ifMatch(replaced));
            return "deleted";
          });
      refused(
          404,
          "NoSuchKey",
          () -> s3.headObject(b -> b.bucket(version.dataset()).key(version.id() + "/" + KEY)));
    }
  }

  private interface Write {
    String by(int writer);
  }

  /** What the one write answers that is not refused. */
  private static String winner(Write write) throws Exception {
    List<Callable<String>> writes =
        IntStream.range(0, WRITERS)
            .<Callable<String>>mapToObj(i -> () -> attempt(write, i))
            .toList();
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<String> served = new ArrayList<>();
      for (Future<String> answer : writers.invokeAll(writes)) {
        if (!answer.get().isEmpty()) {
          served.add(answer.get());
        }
      }
      assertThat(served).hasSize(1);
      return served.get(0);
    } finally {
      writers.shutdown();
    }
  }

  /** Empty when it is refused, as it should be. */
  private static String attempt(Write write, int writer) {
    try {
      return write.by(writer);
    } catch (S3Exception e) {
      assertThat(e.statusCode() + e.awsErrorDetails().errorCode())
          .isIn("412PreconditionFailed", "409ConditionalRequestConflict", "404NoSuchKey");
      return "";
    }
  }

  private static S3Client client(TestVersion version) {
    return GatewayClient.of(version.team().key()).sdk();
  }

  private static Consumer<PutObjectRequest.Builder> absent() {
    return b -> b.ifNoneMatch("*");
  }

  private static String put(
      S3Client s3,
      TestVersion version,
      String path,
      String text,
      Consumer<PutObjectRequest.Builder> conditions) {
    return s3.putObject(
            b -> {
              b.bucket(version.dataset()).key(version.id() + "/" + path);
              conditions.accept(b);
            },
            RequestBody.fromString(text))
        .eTag();
  }

  private static void delete(
      S3Client s3,
      TestVersion version,
      String path,
      Consumer<DeleteObjectRequest.Builder> conditions) {
    s3.deleteObject(
        b -> {
          b.bucket(version.dataset()).key(version.id() + "/" + path);
          conditions.accept(b);
        });
  }

  private static String etag(S3Client s3, TestVersion version, String path) {
    return s3.headObject(b -> b.bucket(version.dataset()).key(version.id() + "/" + path)).eTag();
  }

  private static String get(S3Client s3, TestVersion version, String path) {
    return s3.getObjectAsBytes(b -> b.bucket(version.dataset()).key(version.id() + "/" + path))
        .asUtf8String();
  }

  private interface Completion {
    /** The file's ETag. */
    String complete(Consumer<CompleteMultipartUploadRequest.Builder> conditions);
  }

  private static Completion upload(S3Client s3, TestVersion version, String path, String text) {
    String bucket = version.dataset();
    String key = version.id() + "/" + path;
    String id = s3.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
    String etag =
        s3.uploadPart(
                b -> b.bucket(bucket).key(key).uploadId(id).partNumber(1),
                RequestBody.fromString(text))
            .eTag();
    return conditions ->
        s3.completeMultipartUpload(
                b -> {
                  b.bucket(bucket).key(key).uploadId(id);
                  b.multipartUpload(
                      m -> m.parts(CompletedPart.builder().partNumber(1).eTag(etag).build()));
                  conditions.accept(b);
                })
            .eTag();
  }

  private static void refused(int status, String code, Runnable call, String... said) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> {
              assertThat(e.statusCode()).as(e.getMessage()).isEqualTo(status);
              if (!(e instanceof software.amazon.awssdk.services.s3.model.NoSuchKeyException)) {
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
                for (String words : said) {
                  assertThat(e.awsErrorDetails().errorMessage())
                      .contains(words.replaceAll("^\"|\"$", ""));
                }
              }
            });
  }
}
