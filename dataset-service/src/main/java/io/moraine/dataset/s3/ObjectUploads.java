package io.moraine.dataset.s3;

import io.moraine.dataset.file.Expected;
import io.moraine.dataset.multipart.LiveUpload;
import io.moraine.dataset.multipart.MultipartUploads;
import io.moraine.dataset.multipart.Part;
import io.moraine.dataset.multipart.StoredPart;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jboss.logging.Logger;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Objects that arrive in parts. Whether the caller may is checked before. Thread-safe, blocking;
 * refuses as S3 does.
 */
@ApplicationScoped
class ObjectUploads {
  private static final Logger LOG = Logger.getLogger(ObjectUploads.class);
  private static final int MOST_LISTED = 10_000;

  private final ReadObjects reads;
  private final MultipartUploads uploads;

  ObjectUploads(ReadObjects reads, MultipartUploads uploads) {
    this.reads = reads;
    this.uploads = uploads;
  }

  /** The new upload's id. */
  String create(TeamId team, CreateMultipartUploadRequest request) {
    ObjectName name = ObjectName.writable(request.bucket(), request.key());
    return Refusal.said(() -> uploads.create(team, name.version(), name.path()));
  }

  /** The upload, if it is of this bucket and key. */
  private LiveUpload upload(TeamId team, MultipartUpload asked) {
    ObjectName name = ObjectName.writable(asked.containerName(), asked.blobName());
    DatasetId dataset = reads.dataset(team, asked.containerName());
    LiveUpload upload = Refusal.said(() -> uploads.get(team, asked.id()));
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

  /** The part's ETag. */
  String putPart(
      TeamId team, MultipartUpload asked, UploadPartRequest request, InputStream payload) {
    LiveUpload upload = upload(team, asked);
    InputStream body = Md5Checked.of(payload, request.contentMD5());
    return Refusal.said(
        () -> {
          try {
            return uploads.putPart(
                team, upload.id(), request.partNumber(), request.contentLength(), body);
          } catch (IOException e) {
            throw Refusal.of(e);
          }
        });
  }

  /** The parts of an upload that takes more of them. */
  List<StoredPart> parts(TeamId team, MultipartUpload asked) {
    LiveUpload upload = upload(team, asked);
    Refusal.said(() -> uploads.open(team, upload.id()));
    return uploads.parts(upload);
  }

  /**
   * As {@link #parts}, where the completion finds what it expects; and of an upload that was
   * completed already: that may be asked for again.
   */
  List<StoredPart> partsToComplete(TeamId team, MultipartUpload asked, Expected expected) {
    LiveUpload upload = upload(team, asked);
    if (upload.etag().isPresent()) {
      return uploads.parts(upload);
    }
    List<StoredPart> parts = parts(team, asked);
    Refusal.said(
        () -> {
          uploads.require(team, upload, expected);
          return upload;
        });
    return parts;
  }

  /**
   * The file's ETag. When this fails the answer has begun: the client is told that it failed, but
   * the reason only the log.
   */
  String complete(
      TeamId team,
      MultipartUpload asked,
      CompleteMultipartUploadRequest request,
      Expected expected) {
    LiveUpload upload = upload(team, asked);
    List<Part> parts =
        request.multipartUpload().parts().stream()
            .map(part -> new Part(part.partNumber(), part.eTag()))
            .toList();
    try {
      return Refusal.said(() -> uploads.complete(team, upload.id(), parts, expected));
    } catch (RuntimeException e) {
      LOG.warnf("Completing upload %s failed in the middle: %s", upload.id(), e.getMessage());
      throw e;
    }
  }

  void abort(TeamId team, MultipartUpload asked) {
    LiveUpload upload = upload(team, asked);
    if (upload.etag().isPresent()) {
      throw noSuchUpload(asked);
    }
    Refusal.said(
        () -> {
          uploads.abort(team, upload.id());
          return upload;
        });
  }

  /** Those under way in a bucket. */
  List<software.amazon.awssdk.services.s3.model.MultipartUpload> list(TeamId team, String bucket) {
    DatasetId dataset = reads.dataset(team, bucket);
    return Refusal.said(() -> uploads.ofDataset(team, dataset, MOST_LISTED)).stream()
        .map(
            upload ->
                SdkResponses.upload(
                    upload.version().version() + "/" + upload.path(),
                    upload.id(),
                    upload.createdAt()))
        .toList();
  }
}
