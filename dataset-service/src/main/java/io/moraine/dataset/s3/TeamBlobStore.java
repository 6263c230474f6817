package io.moraine.dataset.s3;

import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.file.ByteRange;
import io.moraine.dataset.file.ETag;
import io.moraine.dataset.file.PutFile;
import io.moraine.dataset.file.ReadFile;
import io.moraine.dataset.multipart.LiveUpload;
import io.moraine.dataset.multipart.Part;
import io.moraine.dataset.multipart.StoredPart;
import io.moraine.dataset.paging.PathCursor;
import io.moraine.dataset.s3.TeamStores.Features;
import io.moraine.dataset.version.Version;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TeamId;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jboss.logging.Logger;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListBucketsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * What one request's team has, as the protocol library asks for it. Only translates: names of
 * buckets and keys into versions and paths, what the features refuse into S3's errors. For one
 * request; its methods block.
 */
final class TeamBlobStore implements BlobStore {
  private static final Logger LOG = Logger.getLogger(TeamBlobStore.class);

  /** Clients compare it with the one they were told by {@code GET /s3/credentials}. */
  private static final String REGION = "us-east-1";

  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
  private static final int LONGEST_PAGE = 1_000;
  private static final int MOST_BUCKETS = 10_000;
  private static final int MOST_UPLOADS = 10_000;
  private static final String SLASH = "/";
  private static final String BUCKETS =
      "Buckets are datasets: make them with POST /datasets, delete them with DELETE /datasets/{id}.";
  private static final String ACLS =
      "There are no access control lists: what a key may do is its role.";

  private final Features features;
  private final TeamId team;
  private final Role role;
  private final boolean completing;

  TeamBlobStore(Features features, TeamId team, Role role, OpenedRequest request) {
    this.features = features;
    this.team = team;
    this.role = role;
    this.completing = OpenedRequest.completes(request);
  }

  private void requireWriter() {
    if (!role.allows(Role.WRITER)) {
      throw Refusal.accessDenied(new RequestProblem.RoleTooSmall(role, Role.WRITER).detail());
    }
  }

  private static <T> T said(Supplier<T> call) {
    try {
      return call.get();
    } catch (ProblemException e) {
      throw Refusal.of(e);
    }
  }

  // Buckets

  @Override
  public ListBucketsResponse list() {
    return list(ListBucketsRequest.builder().build());
  }

  @Override
  public ListBucketsResponse list(ListBucketsRequest request) {
    int limit = request.maxBuckets() == null ? MOST_BUCKETS : request.maxBuckets();
    List<Datasets.Created> found =
        features
            .datasets()
            .page(team, orEmpty(request.continuationToken()), orEmpty(request.prefix()), limit + 1)
            .await()
            .atMost(DATABASE_PATIENCE);
    List<Datasets.Created> page = found.subList(0, Math.min(limit, found.size()));
    return ListBucketsResponse.builder()
        .buckets(
            page.stream()
                .map(d -> Bucket.builder().name(d.id().text()).creationDate(d.at()).build())
                .toList())
        .prefix(request.prefix())
        .continuationToken(found.size() > limit ? page.get(page.size() - 1).id().text() : null)
        .build();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  @Override
  public HeadBucketResponse headBucket(HeadBucketRequest request) {
    dataset(request.bucket());
    return HeadBucketResponse.builder().bucketRegion(REGION).build();
  }

  private DatasetId dataset(String bucket) {
    return said(() -> features.datasets().id(team, bucket).await().atMost(DATABASE_PATIENCE));
  }

  @Override
  public CreateBucketResponse createContainer(CreateBucketRequest request) {
    if (containerExists(request.bucket())) {
      throw Refusal.of(
          409, "BucketAlreadyOwnedByYou", "Your team has a dataset of this name. " + BUCKETS);
    }
    throw Refusal.accessDenied(BUCKETS);
  }

  @Override
  public void deleteBucket(String bucket) {
    throw Refusal.accessDenied(BUCKETS);
  }

  @Override
  public BucketCannedACL getContainerAccess(String bucket) {
    dataset(bucket);
    return BucketCannedACL.PRIVATE;
  }

  @Override
  public void setContainerAccess(String bucket, BucketCannedACL access) {
    throw Refusal.notImplemented(ACLS);
  }

  // Lists

  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    String after =
        request.continuationToken() == null
            ? orEmpty(request.startAfter())
            : PathCursor.decode(request.continuationToken())
                .orElseThrow(
                    () ->
                        Refusal.invalidArgument(
                            "The continuation token is not one that a page gave."));
    ListBucket.Page page =
        page(request.bucket(), request.prefix(), request.delimiter(), after, request.maxKeys());
    return ListObjectsV2Response.builder()
        .contents(objects(page))
        .commonPrefixes(prefixes(page))
        .isTruncated(page.more())
        .nextContinuationToken(page.more() ? PathCursor.encode(page.last()) : null)
        .build();
  }

  @Override
  public ListObjectsResponse listV1(ListObjectsRequest request) {
    ListBucket.Page page =
        page(
            request.bucket(),
            request.prefix(),
            request.delimiter(),
            orEmpty(request.marker()),
            request.maxKeys());
    return ListObjectsResponse.builder()
        .contents(objects(page))
        .commonPrefixes(prefixes(page))
        .isTruncated(page.more())
        .nextMarker(page.more() ? page.last() : null)
        .build();
  }

  private ListBucket.Page page(
      String bucket, String prefix, String delimiter, String after, Integer limit) {
    if (!orEmpty(delimiter).isEmpty() && !delimiter.equals(SLASH)) {
      throw Refusal.notImplemented("The delimiter is \"/\", or none.");
    }
    boolean directories = SLASH.equals(delimiter);
    int most = limit == null ? LONGEST_PAGE : limit;
    return said(
        () -> features.listBucket().page(team, bucket, orEmpty(prefix), directories, after, most));
  }

  private static List<S3Object> objects(ListBucket.Page page) {
    return page.items().stream()
        .map(
            item ->
                SdkResponses.objectEntry(
                    item.key(),
                    ETag.of(item.file()),
                    item.modified(),
                    item.file().sizeBytes(),
                    StorageClass.STANDARD))
        .toList();
  }

  private static List<CommonPrefix> prefixes(ListBucket.Page page) {
    return page.prefixes().stream()
        .map(prefix -> CommonPrefix.builder().prefix(prefix).build())
        .toList();
  }

  // Reading

  /** A file, the version that it was found in, and its time in whole seconds, as HTTP has it. */
  private record Found(Version version, FileEntry file, Instant modified) {
    String etag() {
      return ETag.of(file);
    }
  }

  private Found find(String bucket, String key) {
    Optional<ObjectName> name = ObjectName.parse(bucket, key);
    if (name.isEmpty()) {
      dataset(bucket);
      throw Refusal.noSuchKey("No file can have the key " + key + ".");
    }
    return said(
        () -> {
          Version version = features.files().version(team, name.get().version());
          FileEntry file = features.files().find(version, name.get().path());
          Instant time = features.files().times(version, List.of(file)).get(file.path());
          return new Found(version, file, time.truncatedTo(ChronoUnit.SECONDS));
        });
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    Found found = find(request.bucket(), request.key());
    GetObjectResponse described = describe(found, request.checksumMode()).build();
    return SdkResponses.toHead(described);
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    Found found = find(request.bucket(), request.key());
    require(request, found);
    long size = found.file().sizeBytes();
    Optional<ByteRange> part = Optional.ofNullable(request.range()).map(range -> part(range, size));
    ByteRange wanted = part.orElse(ByteRange.whole(size));
    GetObjectResponse.Builder answer = describe(found, request.checksumMode());
    answer.contentLength(wanted.length());
    part.ifPresent(range -> answer.contentRange(range.of(size)));
    try {
      InputStream bytes =
          features.readFile().open(found.version(), found.file(), wanted.offset(), wanted.length());
      return SdkResponses.getResponse(answer.build(), bytes);
    } catch (IOException e) {
      throw new IllegalStateException("The bytes of " + request.key() + " cannot be read", e);
    }
  }

  private static ByteRange part(String range, long size) {
    return ByteRange.parse(range, size)
        .filter(part -> !part.isOutside())
        .orElseThrow(
            () ->
                Refusal.of(
                    416,
                    "InvalidRange",
                    "The file has %d bytes: there is nothing at %s.".formatted(size, range)));
  }

  private static GetObjectResponse.Builder describe(Found found, ChecksumMode mode) {
    FileEntry file = found.file();
    GetObjectResponse.Builder answer =
        GetObjectResponse.builder()
            .eTag(found.etag())
            .lastModified(found.modified())
            .contentLength(file.sizeBytes())
            .contentType(ReadFile.contentType(file))
            .acceptRanges("bytes");
    if (mode == ChecksumMode.ENABLED && file.content().kind() == ContentKind.BLOB) {
      answer
          .checksumSHA256(file.content().sha256().base64())
          .checksumType(ChecksumType.FULL_OBJECT);
    }
    return answer;
  }

  private static void require(GetObjectRequest request, Found found) {
    Conditions conditions =
        new Conditions(
            request.ifMatch(),
            request.ifNoneMatch(),
            request.ifModifiedSince(),
            request.ifUnmodifiedSince());
    if (!conditions.isStillSame(found.etag(), found.modified())) {
      throw Refusal.preconditionFailed();
    }
    if (!conditions.isNew(found.etag(), found.modified())) {
      throw Refusal.notModified(found.etag());
    }
  }

  @Override
  public ObjectCannedACL getBlobAccess(String bucket, String key) {
    find(bucket, key);
    return ObjectCannedACL.PRIVATE;
  }

  @Override
  public void setBlobAccess(String bucket, String key, ObjectCannedACL access) {
    throw Refusal.notImplemented(ACLS);
  }

  // Writing

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
    requireWriter();
    ObjectName name = ObjectName.writable(request.bucket(), request.key());
    InputStream body = Md5Checked.of(payload, request.contentMD5());
    PutFile.Put put = put(name, request.contentLength(), body);
    return SdkResponses.putResponse(ETag.of(put.content(), put.sizeBytes()));
  }

  private PutFile.Put put(ObjectName name, long length, InputStream body) {
    return said(
        () -> {
          try {
            return features.putFile().into(team, name.version(), name.path(), length, body);
          } catch (IOException e) {
            throw Refusal.of(e);
          }
        });
  }

  @Override
  public CopyObjectResponse copyBlob(CopyObjectRequest request) {
    requireWriter();
    ObjectName to = ObjectName.writable(request.destinationBucket(), request.destinationKey());
    Found from = find(request.sourceBucket(), request.sourceKey());
    Conditions conditions =
        new Conditions(
            request.copySourceIfMatch(),
            request.copySourceIfNoneMatch(),
            request.copySourceIfModifiedSince(),
            request.copySourceIfUnmodifiedSince());
    if (!conditions.isStillSame(from.etag(), from.modified())
        || !conditions.isNew(from.etag(), from.modified())) {
      throw Refusal.preconditionFailed();
    }
    copy(from, to);
    return SdkResponses.copyResponse(from.etag());
  }

  /** No byte moves, unless it is to another storage provider. */
  private void copy(Found from, ObjectName to) {
    FileEntry file = from.file();
    Version version = said(() -> features.files().version(team, to.version()));
    if (version.store().equals(from.version().store())) {
      FileEntry copy = new FileEntry(to.path(), file.sizeBytes(), file.content());
      said(() -> features.stageFiles().into(version, List.of(Change.put(copy)).iterator()));
      return;
    }
    try (InputStream bytes = features.readFile().open(from.version(), file, 0, file.sizeBytes())) {
      put(to, file.sizeBytes(), bytes);
    } catch (IOException e) {
      throw new IllegalStateException("The bytes of " + file.path() + " cannot be read", e);
    }
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    requireWriter();
    remove(request.bucket(), request.key());
    return DeleteObjectResponse.builder().build();
  }

  private void remove(String bucket, String key) {
    if (key.endsWith(SLASH)) { // a directory, which is nothing of its own
      dataset(bucket);
      return;
    }
    ObjectName name = ObjectName.writable(bucket, key);
    said(
        () -> {
          features.deleteFile().from(team, name.version(), name.path());
          return true;
        });
  }

  /** All of one version's at once; what is refused is said of each. */
  @Override
  public DeleteObjectsResponse removeBlobs(DeleteObjectsRequest request) {
    requireWriter();
    dataset(request.bucket());
    Outcome outcome = new Outcome();
    Map<DatasetRef, Map<String, Change>> byVersion = new LinkedHashMap<>();
    for (ObjectIdentifier object : request.delete().objects()) {
      String key = object.key();
      if (key.endsWith(SLASH)) {
        outcome.deleted(List.of(key));
      } else {
        outcome.attempt(List.of(key), () -> group(byVersion, request.bucket(), key));
      }
    }
    byVersion.forEach(
        (version, changes) ->
            outcome.attempt(
                changes.keySet(),
                () -> {
                  stage(version, changes.values());
                  outcome.deleted(changes.keySet());
                }));
    return outcome.response();
  }

  private static void group(
      Map<DatasetRef, Map<String, Change>> byVersion, String bucket, String key) {
    ObjectName name = ObjectName.writable(bucket, key);
    byVersion
        .computeIfAbsent(name.version(), version -> new LinkedHashMap<>())
        .put(key, Change.delete(name.path()));
  }

  private void stage(DatasetRef ref, Collection<Change> changes) {
    said(() -> features.stageFiles().into(features.files().version(team, ref), changes.iterator()));
  }

  /** What became of each of many keys. */
  private static final class Outcome {
    private final List<DeletedObject> deleted = new ArrayList<>();
    private final List<S3Error> refused = new ArrayList<>();

    void deleted(Collection<String> keys) {
      keys.forEach(key -> deleted.add(DeletedObject.builder().key(key).build()));
    }

    void attempt(Collection<String> keys, Runnable deletion) {
      try {
        deletion.run();
      } catch (AwsServiceException e) {
        AwsErrorDetails why = e.awsErrorDetails();
        keys.forEach(
            key ->
                refused.add(
                    S3Error.builder()
                        .key(key)
                        .code(why.errorCode())
                        .message(why.errorMessage())
                        .build()));
      }
    }

    DeleteObjectsResponse response() {
      return DeleteObjectsResponse.builder().deleted(deleted).errors(refused).build();
    }
  }

  // Uploads in parts

  @Override
  public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
    requireWriter();
    ObjectName name = ObjectName.writable(request.bucket(), request.key());
    String id = said(() -> features.uploads().create(team, name.version(), name.path()));
    return new MultipartUpload(id, request);
  }

  /** The upload, if it is of this bucket and key. */
  private LiveUpload upload(MultipartUpload asked) {
    requireWriter();
    ObjectName name = ObjectName.writable(asked.containerName(), asked.blobName());
    DatasetId dataset = dataset(asked.containerName());
    LiveUpload upload = said(() -> features.uploads().get(team, asked.id()));
    boolean same =
        upload.version().dataset().equals(dataset)
            && upload.version().version().text().equals(name.version().selector().toString())
            && upload.path().equals(name.path());
    if (!same) {
      throw noSuchUpload(asked);
    }
    return upload;
  }

  private static RuntimeException noSuchUpload(MultipartUpload asked) {
    return Refusal.of(
        404,
        "NoSuchUpload",
        "There is no upload " + asked.id() + " of " + asked.blobName() + " under way.");
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload asked, UploadPartRequest request, InputStream payload) {
    LiveUpload upload = upload(asked);
    InputStream body = Md5Checked.of(payload, request.contentMD5());
    String etag =
        said(
            () -> {
              try {
                return features
                    .uploads()
                    .putPart(
                        team, upload.id(), request.partNumber(), request.contentLength(), body);
              } catch (IOException e) {
                throw Refusal.of(e);
              }
            });
    return SdkResponses.uploadedPart(etag);
  }

  /**
   * For a completion, the library looks at the parts first: whatever refuses it has to do so here,
   * since the answer begins then. Parts have no smallest size here, so it is not told them.
   */
  @Override
  public List<software.amazon.awssdk.services.s3.model.Part> listMultipartUpload(
      MultipartUpload asked) {
    LiveUpload upload = upload(asked);
    if (upload.etag().isEmpty()) {
      said(() -> features.uploads().open(team, upload.id()));
    } else if (!completing) {
      throw noSuchUpload(asked);
    }
    return features.uploads().parts(upload).stream().map(this::part).toList();
  }

  private software.amazon.awssdk.services.s3.model.Part part(StoredPart part) {
    return SdkResponses.part(
        part.number(), completing ? null : part.sizeBytes(), part.etag(), part.putAt());
  }

  /** The answer has begun: the client is told that it failed, but the reason only the log. */
  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload asked, CompleteMultipartUploadRequest request) {
    LiveUpload upload = upload(asked);
    List<Part> parts =
        request.multipartUpload().parts().stream().map(TeamBlobStore::named).toList();
    try {
      String etag = said(() -> features.uploads().complete(team, upload.id(), parts));
      return SdkResponses.completeResponse(etag);
    } catch (RuntimeException e) {
      LOG.warnf("Completing upload %s failed in the middle: %s", upload.id(), e.getMessage());
      throw e;
    }
  }

  private static Part named(CompletedPart part) {
    return new Part(part.partNumber(), part.eTag());
  }

  @Override
  public void abortMultipartUpload(MultipartUpload asked) {
    LiveUpload upload = upload(asked);
    if (upload.etag().isPresent()) {
      throw noSuchUpload(asked);
    }
    said(
        () -> {
          features.uploads().abort(team, upload.id());
          return true;
        });
  }

  @Override
  public List<software.amazon.awssdk.services.s3.model.MultipartUpload> listMultipartUploads(
      String bucket) {
    DatasetId dataset = dataset(bucket);
    return said(() -> features.uploads().ofDataset(team, dataset, MOST_UPLOADS)).stream()
        .map(
            upload ->
                SdkResponses.upload(
                    upload.version().version() + SLASH + upload.path(),
                    upload.id(),
                    upload.createdAt()))
        .toList();
  }

  @Override
  public long getMinimumMultipartPartSize() {
    return 1;
  }
}
