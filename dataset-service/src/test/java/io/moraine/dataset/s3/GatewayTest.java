package io.moraine.dataset.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The gateway as the AWS SDK for Java uses it. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class GatewayTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @Test
  void bucketsAreTheTeamsDatasets() {
    TestTeam team = TestTeam.create();
    List<String> datasets =
        IntStream.range(0, 5).mapToObj(i -> team.newDataset("faces-" + i)).sorted().toList();
    TestTeam.create().newDataset("theirs");

    try (S3Client s3 = GatewayClient.of(team.key()).sdk()) {
      assertThat(s3.listBuckets().buckets()).extracting(Bucket::name).isEqualTo(datasets);
      assertThat(s3.listBucketsPaginator(b -> b.maxBuckets(2)).buckets())
          .extracting(Bucket::name)
          .isEqualTo(datasets);
      assertThat(s3.listBuckets(b -> b.prefix(datasets.get(3))).buckets()).hasSize(1);
      assertThat(s3.headBucket(b -> b.bucket(datasets.get(0))).bucketRegion())
          .isEqualTo("us-east-1");
      assertThat(s3.headBucket(b -> b.bucket("faces-0")).sdkHttpResponse().isSuccessful()).isTrue();
      s3.getBucketLocation(b -> b.bucket(datasets.get(0)));
    }
  }

  @Test
  void bucketsAreNeitherMadeNorDeletedHere() {
    TestVersion version = TestVersion.open();

    try (S3Client s3 = client(version)) {
      refused(403, "AccessDenied", () -> s3.createBucket(b -> b.bucket("another")))
          .contains("POST /datasets");
      refused(
          409, "BucketAlreadyOwnedByYou", () -> s3.createBucket(b -> b.bucket(version.dataset())));
      refused(403, "AccessDenied", () -> s3.deleteBucket(b -> b.bucket(version.dataset())))
          .contains("DELETE /datasets");
      refused(404, "NoSuchBucket", () -> s3.deleteBucket(b -> b.bucket("another")));
    }
    version.team().request().get("/datasets/" + version.dataset()).then().statusCode(200);
  }

  @Test
  void aFileIsReadAsItWasPut() {
    TestVersion version = TestVersion.open();
    byte[] bytes = random((40 << 20) + 7);

    try (S3Client s3 = client(version)) {
      for (String path : List.of("a.txt", "dir/ü ö+ä&=%25?#/x y.json", "日本語/🙂", "~tilde*'()")) {
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        String etag = put(s3, version, path, text);
        assertThat(get(s3, version, path)).isEqualTo(text);
        assertThat(head(s3, version, path).eTag()).isEqualTo(etag);
      }
      put(s3, version, "empty", new byte[0]);
      assertThat(get(s3, version, "empty")).isEmpty();
      put(s3, version, "large.bin", bytes);
      assertThat(get(s3, version, "large.bin")).isEqualTo(bytes);
      HeadObjectResponse head = head(s3, version, "a.txt");
      assertThat(head.contentType()).isEqualTo("text/plain");
      assertThat(head.contentLength()).isEqualTo(5);
      assertThat(head.lastModified())
          .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(1));
    }
    assertThat(version.request().head(version.file("large.bin")).header("ETag"))
        .matches("\"[0-9a-f]{32}-2\"");
    version.committed();
    try (S3Client s3 = client(version)) {
      assertThat(s3.getObjectAsBytes(b -> b.bucket("faces").key("latest/large.bin")).asByteArray())
          .isEqualTo(bytes);
    }
  }

  @Test
  void rangesAreReadAlone() {
    TestVersion version = TestVersion.open().with("a", random(33 << 20)).with("e", new byte[0]);
    byte[] bytes = version.request().get(version.file("a")).asByteArray();

    try (S3Client s3 = client(version)) {
      for (String range : List.of("bytes=0-0", "bytes=33554430-33554440", "bytes=5-", "bytes=-7")) {
        byte[] part = version.request().header("Range", range).get(version.file("a")).asByteArray();
        var answer =
            s3.getObject(
                b -> b.bucket(version.dataset()).key(key(version, "a")).range(range),
                ResponseTransformer.toBytes());
        assertThat(answer.asByteArray()).as(range).isEqualTo(part);
        assertThat(answer.response().contentRange()).endsWith("/" + bytes.length);
      }
      for (String range : List.of("bytes=34603008-", "bytes=-0", "bytes=99999999999-")) {
        refused(
            416,
            "InvalidRange",
            () ->
                s3.getObjectAsBytes(
                    b -> b.bucket(version.dataset()).key(key(version, "a")).range(range)));
      }
      refused(
          416,
          "InvalidRange",
          () ->
              s3.getObjectAsBytes(
                  b -> b.bucket(version.dataset()).key(key(version, "e")).range("bytes=0-")));
    }
  }

  @Test
  void conditionsAreKept() {
    TestVersion version = TestVersion.open().with("a", new byte[] {1});

    try (S3Client s3 = client(version)) {
      HeadObjectResponse head = head(s3, version, "a");
      String bucket = version.dataset();
      String key = key(version, "a");
      String etag = head.eTag();
      Instant time = head.lastModified();
      Instant before = time.minusSeconds(1);

      s3.getObjectAsBytes(b -> b.bucket(bucket).key(key).ifMatch(etag));
      s3.getObjectAsBytes(b -> b.bucket(bucket).key(key).ifMatch("*"));
      s3.getObjectAsBytes(b -> b.bucket(bucket).key(key).ifNoneMatch("\"other\""));
      s3.getObjectAsBytes(b -> b.bucket(bucket).key(key).ifModifiedSince(before));
      s3.getObjectAsBytes(b -> b.bucket(bucket).key(key).ifUnmodifiedSince(time));
      status(412, () -> s3.getObjectAsBytes(b -> b.bucket(bucket).key(key).ifMatch("\"other\"")));
      status(
          412, () -> s3.getObjectAsBytes(b -> b.bucket(bucket).key(key).ifUnmodifiedSince(before)));
      status(304, () -> s3.getObjectAsBytes(b -> b.bucket(bucket).key(key).ifNoneMatch(etag)));
      status(304, () -> s3.getObjectAsBytes(b -> b.bucket(bucket).key(key).ifModifiedSince(time)));
      status(412, () -> s3.headObject(b -> b.bucket(bucket).key(key).ifMatch("\"other\"")));
      status(304, () -> s3.headObject(b -> b.bucket(bucket).key(key).ifNoneMatch(etag)));
      status(304, () -> s3.headObject(b -> b.bucket(bucket).key(key).ifModifiedSince(time)));
    }
  }

  @Test
  void aBucketListsItsVersionsLatestAndTags() {
    TestVersion first = TestVersion.open().with("a", new byte[] {1}).committed();
    TestVersion open = TestVersion.open(first.team(), first.dataset());
    tag(first, "prod");

    try (S3Client s3 = client(first)) {
      var list = s3.listObjectsV2(b -> b.bucket(first.dataset()).delimiter("/"));
      assertThat(list.commonPrefixes())
          .extracting(CommonPrefix::prefix)
          .containsExactlyElementsOf(
              List.of("latest/", "prod/", first.id() + "/", open.id() + "/").stream()
                  .sorted()
                  .toList());
      assertThat(list.contents()).isEmpty();
      assertThat(
              s3.listObjectsV2(b -> b.bucket(first.dataset()).delimiter("/").prefix("pr"))
                  .commonPrefixes())
          .extracting(CommonPrefix::prefix)
          .containsExactly("prod/");
      assertThat(s3.listObjectsV2(b -> b.bucket(first.dataset())).contents())
          .extracting(S3Object::key)
          .containsExactlyElementsOf(
              List.of("latest/a", "prod/a", first.id() + "/a").stream().sorted().toList());
      assertThat(pages(s3, b -> b.bucket(first.dataset()).delimiter("/").maxKeys(1))).hasSize(4);
      assertThat(pages(s3, b -> b.bucket(first.dataset()).maxKeys(1))).hasSize(3);
    }
  }

  @Test
  void filesAreListedByPagesAndDirectories() {
    TestVersion version = TestVersion.open();
    List<String> paths = List.of("a", "a!", "b/1", "b/2", "b/c/3", "b0", "d/ü x", "e+f", "日", "🙂");
    paths.forEach(path -> version.put(encoded(path), new byte[] {1}).then().statusCode(200));
    version.committed();
    List<String> keys = paths.stream().map(path -> "latest/" + path).toList();
    String bucket = version.dataset();

    try (S3Client s3 = client(version)) {
      for (int max : List.of(1, 2, 3, 1000)) {
        assertThat(pages(s3, b -> b.bucket(bucket).prefix("latest/").maxKeys(max))).isEqualTo(keys);
        assertThat(
                s3.listObjectsV2Paginator(
                        b -> b.bucket(bucket).prefix("latest/").delimiter("/").maxKeys(max))
                    .commonPrefixes())
            .extracting(CommonPrefix::prefix)
            .containsExactly("latest/b/", "latest/d/");
        assertThat(pages(s3, b -> b.bucket(bucket).prefix("latest/b/").delimiter("/").maxKeys(max)))
            .containsExactly("latest/b/1", "latest/b/2", "latest/b/c/");
        assertThat(byMarker(s3, bucket, "latest/", "", max)).isEqualTo(keys);
        assertThat(byMarker(s3, bucket, "latest/", "/", max))
            .containsExactly(
                "latest/a",
                "latest/a!",
                "latest/b/",
                "latest/b0",
                "latest/d/",
                "latest/e+f",
                "latest/日",
                "latest/🙂");
      }
      for (int i = 0; i < keys.size(); i++) {
        String after = keys.get(i);
        assertThat(pages(s3, b -> b.bucket(bucket).prefix("latest/").startAfter(after)))
            .isEqualTo(keys.subList(i + 1, keys.size()));
      }
      assertThat(pages(s3, b -> b.bucket(bucket).prefix("latest/").startAfter("latest/b/")))
          .isEqualTo(keys.subList(2, keys.size()));
      assertThat(pages(s3, b -> b.bucket(bucket).prefix("latest/").startAfter("a"))).hasSize(10);
      assertThat(pages(s3, b -> b.bucket(bucket).prefix("latest/").startAfter("z"))).isEmpty();
      assertThat(pages(s3, b -> b.bucket(bucket).prefix("latest/b"))).hasSize(4);
      assertThat(pages(s3, b -> b.bucket(bucket).prefix("nosuch/"))).isEmpty();
      assertThat(pages(s3, b -> b.bucket(bucket).prefix("latest/../"))).isEmpty();
      assertThat(pages(s3, b -> b.bucket(bucket).maxKeys(0))).isEmpty();
      assertThat(
              pages(
                  s3,
                  b ->
                      b.bucket(bucket).prefix("latest/").encodingType(EncodingType.URL).maxKeys(4)))
          .isEqualTo(keys);
      refused(
          400,
          "InvalidArgument",
          () -> s3.listObjectsV2(b -> b.bucket(bucket).continuationToken("§")));
    }
  }

  @Test
  void whatIsListedIsWhatIsRead() {
    TestVersion base = TestVersion.open().with("kept", random(10)).with("gone", random(3));
    base.committed();
    TestVersion version = TestVersion.open(base.team(), base.dataset(), Map.of("base", base.id()));

    try (S3Client s3 = client(version)) {
      put(s3, version, "new", random(20));
      s3.deleteObject(b -> b.bucket(version.dataset()).key(key(version, "gone")));
      List<S3Object> listed =
          s3.listObjectsV2(b -> b.bucket(version.dataset()).prefix(version.id() + "/")).contents();
      assertThat(listed)
          .extracting(S3Object::key)
          .containsExactly(key(version, "kept"), key(version, "new"));
      for (S3Object object : listed) {
        HeadObjectResponse head = s3.headObject(b -> b.bucket(version.dataset()).key(object.key()));
        assertThat(object.eTag()).isEqualTo(head.eTag());
        assertThat(object.size()).isEqualTo(head.contentLength());
        assertThat(object.lastModified()).isEqualTo(head.lastModified());
      }
    }
  }

  @Test
  void whatIsNotThereIsNotFound() {
    TestVersion version = TestVersion.open().with("dir/a", new byte[] {1});
    String bucket = version.dataset();

    try (S3Client s3 = client(version)) {
      for (String key :
          List.of(
              key(version, "b"),
              key(version, "dir"),
              key(version, "dir/"),
              key(version, "../a"),
              "latest/a",
              "nosuch/a",
              "zzzzzz9/a",
              "a",
              "UPPER/a")) {
        assertThatThrownBy(() -> s3.getObjectAsBytes(b -> b.bucket(bucket).key(key)))
            .as(key)
            .isInstanceOf(NoSuchKeyException.class);
        status(404, () -> s3.headObject(b -> b.bucket(bucket).key(key)));
      }
      for (String other : List.of("dstaaaaaaaaaaaa", "nosuch", "UPPER")) {
        assertThatThrownBy(() -> s3.getObjectAsBytes(b -> b.bucket(other).key("latest/a")))
            .as(other)
            .isInstanceOf(NoSuchBucketException.class);
        status(404, () -> s3.headBucket(b -> b.bucket(other)));
        assertThatThrownBy(() -> s3.listObjectsV2(b -> b.bucket(other)))
            .isInstanceOf(NoSuchBucketException.class);
      }
    }
  }

  @Test
  void aCommittedVersionChangesByNothing() {
    TestVersion version = TestVersion.open().with("a", new byte[] {1});
    tag(version.committed(), "prod");
    TestVersion open = TestVersion.open(version.team(), version.dataset());
    String bucket = version.dataset();

    try (S3Client s3 = client(version)) {
      for (String name : List.of(version.id(), "latest", "prod")) {
        String key = name + "/a";
        byte[] other = {2};
        refused(
                403,
                "AccessDenied",
                () -> s3.putObject(b -> b.bucket(bucket).key(key), RequestBody.fromBytes(other)))
            .contains("committed");
        refused(403, "AccessDenied", () -> s3.deleteObject(b -> b.bucket(bucket).key(key)));
        refused(
            403,
            "AccessDenied",
            () ->
                s3.copyObject(
                    b ->
                        b.sourceBucket(bucket)
                            .sourceKey("latest/a")
                            .destinationBucket(bucket)
                            .destinationKey(name + "/b")));
        refused(
            403, "AccessDenied", () -> s3.createMultipartUpload(b -> b.bucket(bucket).key(key)));
        var answer =
            s3.deleteObjects(
                b ->
                    b.bucket(bucket)
                        .delete(d -> d.objects(ObjectIdentifier.builder().key(key).build())));
        assertThat(answer.deleted()).isEmpty();
        assertThat(answer.errors()).extracting(S3Error::code).containsExactly("AccessDenied");
        assertThat(answer.errors().get(0).message()).isNotBlank();
      }
    }
    assertThat(version.request().get(version.file("a")).asByteArray()).containsExactly(1);
    open.team().request().get(open.path() + "/files").then().statusCode(200);
  }

  @Test
  void aPutThatACommitOvertakesChangesNothing() throws Exception {
    TestVersion version = TestVersion.open().with("a", new byte[] {1});
    try (S3Client s3 = client(version)) {
      var body = new CommitInTheMiddle(version, random(3 << 20));
      refused(
              403,
              "AccessDenied",
              () ->
                  s3.putObject(
                      b -> b.bucket(version.dataset()).key(key(version, "late")),
                      RequestBody.fromInputStream(body, 3 << 20)))
          .contains("committed");
    }
    version.request().get(version.file("late")).then().statusCode(404);
    assertThat(version.request().get(version.path() + "/files").<List<String>>path("items.path"))
        .containsExactly("a");
  }

  @Test
  void keysThatAreNoPathsAreRefused() {
    TestVersion version = TestVersion.open();
    String bucket = version.dataset();

    try (S3Client s3 = client(version)) {
      for (String path : List.of("", "dir/", "x".repeat(1_025))) {
        refused(
            400,
            "InvalidArgument",
            () ->
                s3.putObject(
                    b -> b.bucket(bucket).key(key(version, path)), RequestBody.fromString("x")));
      }
      refused(
          400,
          "InvalidArgument",
          () -> s3.putObject(b -> b.bucket(bucket).key("a"), RequestBody.fromString("x")));
      put(s3, version, "a", new byte[] {1});
      refused(400, "InvalidRequest", () -> put(s3, version, "a/b", new byte[] {1}));
      refused(
          404,
          "NoSuchKey",
          () -> s3.putObject(b -> b.bucket(bucket).key("zzzzzz9/a"), RequestBody.fromString("x")));
      s3.deleteObject(b -> b.bucket(bucket).key(key(version, "dir/")));
      s3.deleteObject(b -> b.bucket(bucket).key(key(version, "nosuch")));
      assertThat(pages(s3, b -> b.bucket(bucket).prefix(version.id() + "/")))
          .containsExactly(key(version, "a"));
    }
  }

  @Test
  void aCopyMovesNoBytes() throws Exception {
    TestVersion from = TestVersion.open().with("dir/a%20b", random((32 << 20) + 1)).committed();
    TestVersion to = TestVersion.open(from.team(), from.team().newDataset("other"));
    int objects = io.moraine.dataset.StoredObjects.find(from.team().id() + "/blobs", "").size();

    try (S3Client s3 = client(from)) {
      var answer =
          s3.copyObject(
              b ->
                  b.sourceBucket(from.dataset())
                      .sourceKey("latest/dir/a b")
                      .destinationBucket(to.dataset())
                      .destinationKey(key(to, "copied")));
      String etag = head(s3, from, "dir/a b").eTag();
      assertThat(answer.copyObjectResult().eTag()).isEqualTo(etag);
      assertThat(head(s3, to, "copied").eTag()).isEqualTo(etag);

      s3.copyObject(
          b ->
              b.sourceBucket(to.dataset())
                  .sourceKey(key(to, "copied"))
                  .destinationBucket(to.dataset())
                  .destinationKey(key(to, "renamed")));
      s3.deleteObject(b -> b.bucket(to.dataset()).key(key(to, "copied")));
      assertThat(pages(s3, b -> b.bucket(to.dataset()).prefix(to.id() + "/")))
          .containsExactly(key(to, "renamed"));
      status(
          412,
          () ->
              s3.copyObject(
                  b ->
                      b.sourceBucket(to.dataset())
                          .sourceKey(key(to, "renamed"))
                          .destinationBucket(to.dataset())
                          .destinationKey(key(to, "x"))
                          .copySourceIfMatch("\"other\"")));
      refused(
          404,
          "NoSuchKey",
          () ->
              s3.copyObject(
                  b ->
                      b.sourceBucket(to.dataset())
                          .sourceKey(key(to, "nosuch"))
                          .destinationBucket(to.dataset())
                          .destinationKey(key(to, "x"))));
    }
    assertThat(io.moraine.dataset.StoredObjects.find(from.team().id() + "/blobs", ""))
        .hasSize(objects);
    to.committed();
    assertThat(to.request().get(to.file("renamed")).asByteArray()).hasSize((32 << 20) + 1);
  }

  @Test
  void manyFilesAreDeletedAtOnce() {
    TestVersion version = TestVersion.open();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      version.with("f" + i, new byte[] {1});
      keys.add(key(version, "f" + i));
    }
    keys.add(key(version, "nosuch"));
    keys.add(key(version, "dir/"));

    try (S3Client s3 = client(version)) {
      var ids = keys.stream().map(k -> ObjectIdentifier.builder().key(k).build()).toList();
      var bad = ObjectIdentifier.builder().key(key(version, "a//b")).build();
      var answer =
          s3.deleteObjects(
              b ->
                  b.bucket(version.dataset())
                      .delete(d -> d.objects(concat(ids.subList(1, ids.size()), bad))));
      assertThat(answer.deleted())
          .extracting(DeletedObject::key)
          .containsExactlyInAnyOrderElementsOf(keys.subList(1, keys.size()));
      assertThat(answer.errors()).extracting(S3Error::code).containsExactly("InvalidArgument");
      assertThat(pages(s3, b -> b.bucket(version.dataset()))).containsExactly(keys.get(0));
    }
  }

  @Test
  void aFileInPartsIsTheFileInOne() {
    TestVersion version = TestVersion.open();
    Random random = new Random(20260511);
    byte[] bytes = random((70 << 20) + 3);
    String bucket = version.dataset();
    String key = key(version, "in parts/ü.bin");

    try (S3Client s3 = client(version)) {
      String id = s3.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
      assertThat(s3.listMultipartUploads(b -> b.bucket(bucket)).uploads())
          .extracting(MultipartUpload::key, MultipartUpload::uploadId)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(key, id));
      List<int[]> cuts = cuts(bytes.length, random);
      List<Integer> order = new ArrayList<>(IntStream.range(0, cuts.size()).boxed().toList());
      Collections.shuffle(order, random);
      CompletedPart[] parts = new CompletedPart[cuts.size()];
      for (int i : order) {
        byte[] part = java.util.Arrays.copyOfRange(bytes, cuts.get(i)[0], cuts.get(i)[1]);
        String etag =
            s3.uploadPart(
                    b -> b.bucket(bucket).key(key).uploadId(id).partNumber(i + 1),
                    RequestBody.fromBytes(part))
                .eTag();
        parts[i] = CompletedPart.builder().partNumber(i + 1).eTag(etag).build();
      }
      assertThat(s3.listParts(b -> b.bucket(bucket).key(key).uploadId(id)).parts())
          .extracting(p -> p.size())
          .containsExactlyElementsOf(cuts.stream().map(c -> (long) (c[1] - c[0])).toList());
      String etag =
          s3.completeMultipartUpload(
                  b -> b.bucket(bucket).key(key).uploadId(id).multipartUpload(m -> m.parts(parts)))
              .eTag();
      assertThat(etag)
          .isEqualTo(
              s3.completeMultipartUpload(
                      b ->
                          b.bucket(bucket)
                              .key(key)
                              .uploadId(id)
                              .multipartUpload(m -> m.parts(parts)))
                  .eTag());
      assertThat(etag).isEqualTo(put(s3, version, "in one", bytes));
      assertThat(get(s3, version, "in parts/ü.bin")).isEqualTo(bytes);
      assertThat(s3.listMultipartUploads(b -> b.bucket(bucket)).uploads()).isEmpty();
      refused(404, "NoSuchUpload", () -> s3.listParts(b -> b.bucket(bucket).key(key).uploadId(id)));
    }
  }

  @Test
  void whatIsWrongAboutPartsIsSaid() {
    TestVersion version = TestVersion.open();
    String bucket = version.dataset();
    String key = key(version, "a");

    try (S3Client s3 = client(version)) {
      String id = s3.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
      String etag = part(s3, bucket, key, id, 1, "one");
      refused(400, "InvalidPart", () -> complete(s3, bucket, key, id, Map.of(2, etag)));
      refused(
          400,
          "InvalidPart",
          () -> complete(s3, bucket, key, id, Map.of(1, etag.replace('-', 'x'))));
      refused(400, "InvalidArgument", () -> part(s3, bucket, key, id, 10_001, "x"));
      refused(400, "InvalidArgument", () -> part(s3, bucket, key, id, 0, "x"));
      refused(404, "NoSuchUpload", () -> part(s3, bucket, key, "0".repeat(32), 1, "x"));
      refused(404, "NoSuchUpload", () -> part(s3, bucket, key(version, "b"), id, 1, "x"));
      refused(
          404, "NoSuchUpload", () -> complete(s3, bucket, key, "0".repeat(32), Map.of(1, etag)));
      s3.abortMultipartUpload(b -> b.bucket(bucket).key(key).uploadId(id));
      refused(
          404,
          "NoSuchUpload",
          () -> s3.abortMultipartUpload(b -> b.bucket(bucket).key(key).uploadId(id)));
      refused(404, "NoSuchUpload", () -> complete(s3, bucket, key, id, Map.of(1, etag)));

      String late = s3.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
      String one = part(s3, bucket, key, late, 1, "one");
      version.committed();
      assertThatThrownBy(() -> part(s3, bucket, key, late, 2, "two"))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isIn(403, 404));
      assertThatThrownBy(() -> complete(s3, bucket, key, late, Map.of(1, one)))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isIn(403, 404));
    }
    version.team().request().get(version.path()).then().body("files", org.hamcrest.Matchers.is(0));
  }

  @Test
  void aPartIsCopiedFromAFile() {
    TestVersion version = TestVersion.open().with("a", random(10 << 20));
    byte[] bytes = version.request().get(version.file("a")).asByteArray();
    String bucket = version.dataset();
    String key = key(version, "b");

    try (S3Client s3 = client(version)) {
      String id = s3.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
      String second = part(s3, bucket, key, id, 2, "tail");
      String first =
          s3.uploadPartCopy(
                  b ->
                      b.sourceBucket(bucket)
                          .sourceKey(key(version, "a"))
                          .destinationBucket(bucket)
                          .destinationKey(key)
                          .uploadId(id)
                          .partNumber(1)
                          .copySourceRange("bytes=5-9999"))
              .copyPartResult()
              .eTag();
      complete(s3, bucket, key, id, Map.of(1, first, 2, second));
      assertThat(get(s3, version, "b"))
          .hasSize(9_995 + 4)
          .startsWith(java.util.Arrays.copyOfRange(bytes, 5, 10_000));
    }
  }

  @Test
  void whatHasNotTheChecksumThatItCameWithIsNotStored() {
    TestVersion version = TestVersion.open();
    String bucket = version.dataset();
    String key = key(version, "a");
    RequestBody body = RequestBody.fromString("body");

    try (S3Client s3 = client(version)) {
      for (ChecksumAlgorithm algorithm :
          List.of(
              ChecksumAlgorithm.CRC32,
              ChecksumAlgorithm.CRC32_C,
              ChecksumAlgorithm.SHA1,
              ChecksumAlgorithm.SHA256)) {
        s3.putObject(b -> b.bucket(bucket).key(key).checksumAlgorithm(algorithm), body);
        assertThat(get(s3, version, "a")).asString().isEqualTo("body");
        s3.deleteObject(b -> b.bucket(bucket).key(key));
      }
      refused(
          400,
          "BadDigest",
          () ->
              s3.putObject(
                  b -> b.bucket(bucket).key(key).checksumSHA256("0".repeat(43) + "="), body));
      refused(
          400,
          "BadDigest",
          () -> s3.putObject(b -> b.bucket(bucket).key(key).checksumCRC32("AAAAAA=="), body));
      refused(
          400,
          "BadDigest",
          () ->
              s3.putObject(
                  b -> b.bucket(bucket).key(key).contentMD5("AAAAAAAAAAAAAAAAAAAAAA=="), body));
      refused(
          400,
          "InvalidDigest",
          () -> s3.putObject(b -> b.bucket(bucket).key(key).contentMD5("AAAA"), body));
      String id = s3.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
      refused(
          400,
          "BadDigest",
          () ->
              s3.uploadPart(
                  b ->
                      b.bucket(bucket)
                          .key(key)
                          .uploadId(id)
                          .partNumber(1)
                          .contentMD5("AAAAAAAAAAAAAAAAAAAAAA=="),
                  body));
      assertThat(s3.listParts(b -> b.bucket(bucket).key(key).uploadId(id)).parts()).isEmpty();
      assertThat(pages(s3, b -> b.bucket(bucket))).isEmpty();
    }
  }

  @Test
  void aReaderReads() {
    TestVersion version = TestVersion.open().with("a", new byte[] {1});
    String bucket = version.dataset();
    String key = key(version, "a");

    try (S3Client writer = client(version);
        S3Client s3 = GatewayClient.of(version.team().newKey("reader")).sdk()) {
      String id = writer.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
      assertThat(s3.getObjectAsBytes(b -> b.bucket(bucket).key(key)).asByteArray()).hasSize(1);
      assertThat(pages(s3, b -> b.bucket(bucket))).containsExactly(key);
      List<Runnable> writes =
          List.of(
              () -> s3.putObject(b -> b.bucket(bucket).key(key), RequestBody.fromString("x")),
              () -> s3.deleteObject(b -> b.bucket(bucket).key(key)),
              () ->
                  s3.deleteObjects(
                      b ->
                          b.bucket(bucket)
                              .delete(d -> d.objects(ObjectIdentifier.builder().key(key).build()))),
              () ->
                  s3.copyObject(
                      b ->
                          b.sourceBucket(bucket)
                              .sourceKey(key)
                              .destinationBucket(bucket)
                              .destinationKey(key(version, "b"))),
              () -> s3.createMultipartUpload(b -> b.bucket(bucket).key(key)),
              () -> part(s3, bucket, key, id, 1, "x"),
              () -> complete(s3, bucket, key, id, Map.of(1, "x")),
              () -> s3.abortMultipartUpload(b -> b.bucket(bucket).key(key).uploadId(id)),
              () -> s3.createBucket(b -> b.bucket("another")));
      writes.forEach(write -> refused(403, "AccessDenied", write));
      assertThat(writer.listMultipartUploads(b -> b.bucket(bucket)).uploads()).hasSize(1);
    }
    assertThat(version.request().get(version.file("a")).asByteArray()).containsExactly(1);
  }

  @Test
  void anotherTeamSeesNothingAndChangesNothing() {
    TestVersion theirs = TestVersion.open().with("a", new byte[] {1});
    TestTeam stranger = TestTeam.create();
    TestVersion own = TestVersion.open(stranger, stranger.newDataset("own"));
    String bucket = theirs.dataset();
    String key = key(theirs, "a");

    try (S3Client owner = client(theirs);
        S3Client s3 = client(own)) {
      String id = owner.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
      List<Runnable> calls =
          List.of(
              () -> s3.listObjectsV2(b -> b.bucket(bucket)),
              () -> s3.listObjects(b -> b.bucket(bucket)),
              () -> s3.getObjectAsBytes(b -> b.bucket(bucket).key(key)),
              () -> s3.putObject(b -> b.bucket(bucket).key(key), RequestBody.fromString("x")),
              () -> s3.deleteObject(b -> b.bucket(bucket).key(key)),
              () ->
                  s3.deleteObjects(
                      b ->
                          b.bucket(bucket)
                              .delete(d -> d.objects(ObjectIdentifier.builder().key(key).build()))),
              () ->
                  s3.copyObject(
                      b ->
                          b.sourceBucket(bucket)
                              .sourceKey(key)
                              .destinationBucket(own.dataset())
                              .destinationKey(key(own, "stolen"))),
              () ->
                  s3.copyObject(
                      b ->
                          b.sourceBucket(own.dataset())
                              .sourceKey(key(own, "a"))
                              .destinationBucket(bucket)
                              .destinationKey(key)),
              () -> s3.createMultipartUpload(b -> b.bucket(bucket).key(key)),
              () -> part(s3, bucket, key, id, 1, "x"),
              () -> complete(s3, bucket, key, id, Map.of(1, "x")),
              () -> s3.abortMultipartUpload(b -> b.bucket(bucket).key(key).uploadId(id)),
              () -> s3.listParts(b -> b.bucket(bucket).key(key).uploadId(id)),
              () -> s3.listMultipartUploads(b -> b.bucket(bucket)),
              () -> s3.getBucketAcl(b -> b.bucket(bucket)),
              () -> s3.getObjectAcl(b -> b.bucket(bucket).key(key)),
              () -> s3.getBucketPolicy(b -> b.bucket(bucket)),
              () -> s3.deleteBucket(b -> b.bucket(bucket)));
      put(s3, own, "a", new byte[] {3});
      for (int i = 0; i < calls.size(); i++) {
        refused(404, "NoSuchBucket", calls.get(i)).as("call %d", i).isNotNull();
      }
      status(404, () -> s3.headBucket(b -> b.bucket(bucket)));
      status(404, () -> s3.headObject(b -> b.bucket(bucket).key(key)));
      refused(404, "NoSuchUpload", () -> part(s3, own.dataset(), key(own, "a"), id, 1, "x"));
      assertThat(owner.listParts(b -> b.bucket(bucket).key(key).uploadId(id)).parts()).isEmpty();
      assertThat(pages(s3, b -> b.bucket(own.dataset()))).containsExactly(key(own, "a"));
    }
    assertThat(theirs.request().get(theirs.file("a")).asByteArray()).containsExactly(1);
  }

  @Test
  void aRevokedKeyIsRefused() {
    TestVersion version = TestVersion.open();
    String key = version.team().newKey("writer");

    try (S3Client s3 = GatewayClient.of(key).sdk()) {
      s3.listBuckets();
      version
          .team()
          .request()
          .delete("/teams/" + version.team().id() + "/keys/" + key.split("_")[1])
          .then()
          .statusCode(204);
      refused(403, "InvalidAccessKeyId", s3::listBuckets);
    }
  }

  @Test
  void whatIsSignedBeforehandNeedsNothingElse() throws Exception {
    TestVersion version = TestVersion.open();
    String bucket = version.dataset();
    String key = key(version, "dir/ü x.txt");

    try (var presigner = GatewayClient.of(version.team().key()).presigner()) {
      var put =
          presigner.presignPutObject(
              p ->
                  p.signatureDuration(Duration.ofHours(1))
                      .putObjectRequest(o -> o.bucket(bucket).key(key).contentType("text/plain")));
      HttpResponse<String> answer =
          send(
              HttpRequest.newBuilder(put.url().toURI())
                  .PUT(BodyPublishers.ofString("hello"))
                  .header("Content-Type", "text/plain")
                  .header("Content-Size", "5"));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.headers().firstValue("ETag"))
          .hasValueSatisfying(e -> assertThat(e).matches("\"[0-9a-f]{32}-1\""));

      var get =
          presigner.presignGetObject(
              p ->
                  p.signatureDuration(Duration.ofHours(1))
                      .getObjectRequest(o -> o.bucket(bucket).key(key)));
      assertThat(send(HttpRequest.newBuilder(get.url().toURI())).body()).isEqualTo("hello");
      var head =
          presigner.presignHeadObject(
              p ->
                  p.signatureDuration(Duration.ofHours(1))
                      .headObjectRequest(o -> o.bucket(bucket).key(key(version, "nosuch"))));
      assertThat(
              send(HttpRequest.newBuilder(head.url().toURI())
                      .method("HEAD", BodyPublishers.noBody()))
                  .statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void theGatewayIsSeenByThoseWhoWatch() {
    TestVersion version = TestVersion.open();
    try (S3Client s3 = client(version)) {
      put(s3, version, "a", new byte[] {1});
      status(404, () -> head(s3, version, "nosuch"));
    }

    io.restassured.RestAssured.get("/q/health/ready")
        .then()
        .statusCode(200)
        .body("checks.find { it.name == 'S3 gateway' }.status", org.hamcrest.Matchers.is("UP"));
    assertThat(io.restassured.RestAssured.get("/q/metrics").asString())
        .contains("moraine_gateway_requests_total{operation=\"PutObject\",status=\"2xx\"")
        .contains("moraine_gateway_requests_total{operation=\"HeadObject\",status=\"4xx\"")
        .contains("moraine_gateway_requests_total{operation=\"None\",status=\"4xx\"");
  }

  /** The original client reads lists with eyes of its own. */
  @Test
  void aListIsWhatTheOriginalClientReads() throws Exception {
    TestVersion version = TestVersion.open();
    version.put(encoded("sub/ü"), new byte[] {1}).then().statusCode(200);
    GatewayClient client = GatewayClient.of(version.team().key());

    String url =
        QuerySigner.sign(
            client,
            "GET",
            "/" + version.dataset(),
            Map.of("list-type", "2", "prefix", version.id() + "/sub/", "max-keys", "20"));
    HttpResponse<String> answer = send(HttpRequest.newBuilder(java.net.URI.create(url)));

    assertThat(answer.headers().firstValue("Content-Type").orElseThrow().toLowerCase())
        .matches("application/xml; ?charset=utf-8");
    assertThat(answer.body())
        .contains("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">")
        .contains("<Prefix>" + version.id() + "/sub/</Prefix>")
        .contains("<Key>" + version.id() + "/sub/ü</Key>")
        .contains("<Size>1</Size>")
        .doesNotContain("NextContinuationToken")
        .doesNotContain("EncodingType");
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static S3Client client(TestVersion version) {
    return GatewayClient.of(version.team().key()).sdk();
  }

  private static String key(TestVersion version, String path) {
    return version.id() + "/" + path;
  }

  private static String put(S3Client s3, TestVersion version, String path, byte[] bytes) {
    return s3.putObject(
            b -> b.bucket(version.dataset()).key(key(version, path)), RequestBody.fromBytes(bytes))
        .eTag();
  }

  private static byte[] get(S3Client s3, TestVersion version, String path) {
    return s3.getObjectAsBytes(b -> b.bucket(version.dataset()).key(key(version, path)))
        .asByteArray();
  }

  private static HeadObjectResponse head(S3Client s3, TestVersion version, String path) {
    return s3.headObject(b -> b.bucket(version.dataset()).key(key(version, path)));
  }

  private static String part(
      S3Client s3, String bucket, String key, String id, int number, String text) {
    return s3.uploadPart(
            b -> b.bucket(bucket).key(key).uploadId(id).partNumber(number),
            RequestBody.fromString(text))
        .eTag();
  }

  private static void complete(
      S3Client s3, String bucket, String key, String id, Map<Integer, String> etags) {
    List<CompletedPart> parts =
        etags.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(e -> CompletedPart.builder().partNumber(e.getKey()).eTag(e.getValue()).build())
            .toList();
    s3.completeMultipartUpload(
        b -> b.bucket(bucket).key(key).uploadId(id).multipartUpload(m -> m.parts(parts)));
  }

  /** All keys and prefixes, in order. */
  private static List<String> pages(S3Client s3, Consumer<ListObjectsV2Request.Builder> request) {
    List<String> names = new ArrayList<>();
    s3.listObjectsV2Paginator(request)
        .forEach(
            page -> {
              List<String> both = new ArrayList<>();
              page.contents().forEach(object -> both.add(object.key()));
              page.commonPrefixes().forEach(prefix -> both.add(prefix.prefix()));
              assertThat(page.keyCount()).isEqualTo(both.size());
              both.sort(GatewayTest::byBytes);
              names.addAll(both);
            });
    return names;
  }

  private static List<String> byMarker(
      S3Client s3, String bucket, String prefix, String delimiter, int max) {
    List<String> names = new ArrayList<>();
    String marker = "";
    boolean more = true;
    while (more) {
      String from = marker;
      var page =
          s3.listObjects(
              b ->
                  b.bucket(bucket)
                      .prefix(prefix)
                      .delimiter(delimiter)
                      .maxKeys(max)
                      .marker(from.isEmpty() ? null : from));
      List<String> both = new ArrayList<>();
      page.contents().forEach(object -> both.add(object.key()));
      page.commonPrefixes().forEach(p -> both.add(p.prefix()));
      both.sort(GatewayTest::byBytes);
      names.addAll(both);
      more = page.isTruncated();
      marker = page.nextMarker();
    }
    return names;
  }

  private static int byBytes(String a, String b) {
    return java.util.Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static List<int[]> cuts(int length, Random random) {
    List<int[]> cuts = new ArrayList<>();
    int from = 0;
    while (from < length) {
      int to = Math.min(length, from + 1 + random.nextInt(20 << 20));
      cuts.add(new int[] {from, to});
      from = to;
    }
    return cuts;
  }

  private static <T> List<T> concat(List<T> list, T one) {
    List<T> all = new ArrayList<>(list);
    all.add(one);
    return all;
  }

  private static void tag(TestVersion version, String tag) {
    version
        .team()
        .request()
        .body(Map.of("version", version.id()))
        .put("/datasets/" + version.dataset() + "/tags/" + tag)
        .then()
        .statusCode(200);
  }

  private static String encoded(String path) {
    return java.net.URLEncoder.encode(path, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%2F", "/");
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static void status(int status, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(status));
  }

  /** The message of the refusal. */
  private static org.assertj.core.api.AbstractStringAssert<?> refused(
      int status, String code, Runnable call) {
    String[] message = new String[1];
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> {
              assertThat(e.awsErrorDetails().errorCode()).as(e.getMessage()).isEqualTo(code);
              assertThat(e.statusCode()).isEqualTo(status);
              message[0] = e.awsErrorDetails().errorMessage();
            });
    return assertThat(message[0]);
  }
}
