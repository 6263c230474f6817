package io.moraine.dataset.s3;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.file.ETag;
import io.moraine.dataset.file.Expected;
import io.moraine.dataset.paging.PathCursor;
import io.moraine.dataset.s3.TeamStores.Features;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TeamId;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
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
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
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
  /** Clients compare it with the one they were told by {@code GET /s3/credentials}. */
  private static final String REGION = "us-east-1";

  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
  private static final int LONGEST_PAGE = 1_000;
  private static final int MOST_BUCKETS = 10_000;
  private static final String SLASH = "/";
  private static final String BUCKETS =
      "Buckets are datasets: make them with POST /datasets, delete them with DELETE"
          + " /datasets/{id}.";
  private static final String ACLS =
      "There are no access control lists: what a key may do is its role.";

  private final Features features;
  private final TeamId team;
  private final Role role;
  private final boolean completing;
  private final Expected expected;

  TeamBlobStore(Features features, TeamId team, Role role, OpenedRequest request) {
    this.features = features;
    this.team = team;
    this.role = role;
    this.completing = OpenedRequest.completes(request);
    this.expected = request.expected();
  }

  private void requireWriter() {
    if (!role.allows(Role.WRITER)) {
      throw Refusal.accessDenied(new RequestProblem.RoleTooSmall(role, Role.WRITER).detail());
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
    features.reads().dataset(team, request.bucket());
    return HeadBucketResponse.builder().bucketRegion(REGION).build();
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
    features.reads().dataset(team, bucket);
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
    return Refusal.said(
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

  // Objects

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    FoundObject found = features.reads().find(team, request.bucket(), request.key());
    return SdkResponses.toHead(found.described(request.checksumMode()).build());
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    return features.reads().get(team, request);
  }

  @Override
  public ObjectCannedACL getBlobAccess(String bucket, String key) {
    features.reads().find(team, bucket, key);
    return ObjectCannedACL.PRIVATE;
  }

  @Override
  public void setBlobAccess(String bucket, String key, ObjectCannedACL access) {
    throw Refusal.notImplemented(ACLS);
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
    requireWriter();
    return SdkResponses.putResponse(features.writes().put(team, request, expected, payload));
  }

  @Override
  public CopyObjectResponse copyBlob(CopyObjectRequest request) {
    requireWriter();
    if (!(expected instanceof Expected.Anything)) {
      throw Refusal.notImplemented(
          "A copy looks at its source's conditions only (x-amz-copy-source-if-…).");
    }
    return SdkResponses.copyResponse(features.writes().copy(team, request));
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    requireWriter();
    features.writes().delete(team, request.bucket(), request.key(), expected);
    return DeleteObjectResponse.builder().build();
  }

  @Override
  public DeleteObjectsResponse removeBlobs(DeleteObjectsRequest request) {
    requireWriter();
    return features.writes().deleteMany(team, request);
  }

  // Uploads in parts

  @Override
  public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
    requireWriter();
    return new MultipartUpload(features.uploads().create(team, request), request);
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload upload, UploadPartRequest request, InputStream payload) {
    requireWriter();
    return SdkResponses.uploadedPart(features.uploads().putPart(team, upload, request, payload));
  }

  /**
   * For a completion, the library looks at the parts first: whatever refuses it has to do so here,
   * since the answer begins then. Parts have no smallest size here, so it is not told their sizes.
   */
  @Override
  public List<Part> listMultipartUpload(MultipartUpload upload) {
    requireWriter();
    return completing
        ? features.uploads().partsToComplete(team, upload, expected).stream()
            .map(part -> SdkResponses.part(part.number(), null, part.etag(), part.putAt()))
            .toList()
        : features.uploads().parts(team, upload).stream()
            .map(
                part ->
                    SdkResponses.part(part.number(), part.sizeBytes(), part.etag(), part.putAt()))
            .toList();
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    requireWriter();
    return SdkResponses.completeResponse(
        features.uploads().complete(team, upload, request, expected));
  }

  @Override
  public void abortMultipartUpload(MultipartUpload upload) {
    requireWriter();
    features.uploads().abort(team, upload);
  }

  @Override
  public List<software.amazon.awssdk.services.s3.model.MultipartUpload> listMultipartUploads(
      String bucket) {
    return features.uploads().list(team, bucket);
  }

  @Override
  public long getMinimumMultipartPartSize() {
    return 1;
  }
}
