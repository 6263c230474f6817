package io.moraine.standalone.server;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.moraine.standalone.home.Durable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * S3Proxy's file store, made durable. That store writes beside the object's name, where a listing
 * would show the remains of a crash, and never syncs. Here a PUT is written whole into {@code
 * incoming/}, synced, moved to its name in one step, and the directory is synced before the answer;
 * {@code incoming/} is emptied at start. Layout: {@code {directory}/buckets/{bucket}/{key}}.
 *
 * <p>A copy and a completed multipart upload are published by the file store itself and synced
 * before the answer: whole or absent after a kill, but a kill may leave a nameless part in the
 * bucket. Moraine uses neither on this server: its objects are single PUTs.
 *
 * <p>Thread-safe, by what the file system's link and rename promise.
 */
final class DurableBlobStore extends ForwardingBlobStore {
  private static final String INCOMING = "incoming";

  /** What the file store keeps beside the objects of a bucket. */
  private static final List<String> RESERVED =
      List.of(".mpus-", ".s3proxy-slash", ".s3proxy-versions");

  /** A concurrent delete may take away the parent directory that a PUT just made. */
  private static final int PUBLISH_ATTEMPTS = 10;

  private final BlobStore uploads;
  private final Path uploadFiles;
  private final Path buckets;

  private DurableBlobStore(Path buckets, Path uploadFiles, BlobStore uploads) {
    super(new FilesystemNio2BlobStore(buckets.toString()));
    this.buckets = buckets;
    this.uploadFiles = uploadFiles;
    this.uploads = uploads;
  }

  /** For one process at a time: uploads that another one left unfinished are dropped. */
  static DurableBlobStore open(Path directory) throws IOException {
    Path buckets = directory.resolve("buckets");
    Path uploadFiles = directory.resolve(INCOMING);
    Durable.createDirectories(buckets);
    Durable.delete(uploadFiles);
    Durable.createDirectories(uploadFiles);
    return new DurableBlobStore(
        buckets, uploadFiles, new FilesystemNio2BlobStore(directory.toString()));
  }

  void createBucketIfMissing(String bucket) {
    if (!Files.isDirectory(buckets.resolve(bucket))) {
      createContainer(CreateBucketRequest.builder().bucket(bucket).build());
    }
  }

  @Override
  public CreateBucketResponse createContainer(CreateBucketRequest request) {
    CreateBucketResponse response = delegate().createContainer(request);
    onDisk(() -> Durable.sync(buckets));
    return response;
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
    Path name = file(request.bucket(), request.key());
    boolean onlyIfAbsent = "*".equals(request.ifNoneMatch());
    if (request.ifNoneMatch() != null && !onlyIfAbsent) {
      throw new UnsupportedOperationException("If-None-Match takes only * here.");
    }
    String upload = UUID.randomUUID().toString();
    Path written = uploadFiles.resolve(upload);
    try {
      PutObjectResponse response =
          uploads.putBlob(
              request.toBuilder().bucket(INCOMING).key(upload).ifNoneMatch(null).build(), body);
      onDisk(
          () -> {
            Durable.sync(written);
            publish(written, name, onlyIfAbsent);
          });
      return response;
    } finally {
      onDisk(() -> Files.deleteIfExists(written));
    }
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    DeleteObjectResponse response = delegate().removeBlob(request);
    onDisk(() -> syncNearest(buckets.resolve(request.bucket()).resolve(request.key())));
    return response;
  }

  @Override
  public CopyObjectResponse copyBlob(CopyObjectRequest request) {
    Path name = file(request.destinationBucket(), request.destinationKey());
    CopyObjectResponse response = delegate().copyBlob(request);
    onDisk(() -> syncPublished(name));
    return response;
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    Path name = file(upload.containerName(), upload.blobName());
    CompleteMultipartUploadResponse response = delegate().completeMultipartUpload(upload, request);
    onDisk(() -> syncPublished(name));
    return response;
  }

  @Override
  public void close() {
    super.close();
    uploads.close();
  }

  private void publish(Path written, Path name, boolean onlyIfAbsent) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Durable.createDirectories(name.getParent());
        if (onlyIfAbsent) {
          Files.createLink(name, written);
        } else {
          Files.move(written, name, ATOMIC_MOVE);
        }
        Durable.sync(name.getParent());
        return;
      } catch (FileAlreadyExistsException e) {
        throw S3Exceptions.preconditionFailed(e);
      } catch (NoSuchFileException e) {
        if (attempt == PUBLISH_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * The file of a key, which is one path below its bucket. Keys that a file system cannot tell
   * apart ({@code a//b}, {@code a/./b}) and the names that the file store keeps for itself are
   * refused.
   */
  private Path file(String bucket, String key) {
    Path container = buckets.resolve(bucket);
    if (!container.getParent().equals(buckets) || !Files.isDirectory(container)) {
      throw S3Exceptions.noSuchBucket(bucket, null);
    }
    Path file = container.resolve(key);
    Path plain = file.normalize();
    boolean below = plain.startsWith(container) && !plain.equals(container);
    if (RESERVED.stream().anyMatch(key::startsWith)
        || !below
        || !container.relativize(plain).toString().equals(key)) {
      throw S3Exceptions.invalidArgument(
          "The key \"" + key + "\" is reserved or has an empty, \".\" or \"..\" segment.");
    }
    return file;
  }

  private void syncPublished(Path name) throws IOException {
    Durable.sync(name);
    for (Path directory = name.getParent();
        directory.startsWith(buckets);
        directory = directory.getParent()) {
      Durable.sync(directory);
    }
  }

  /** Syncs the closest directory above {@code gone} that is still there. */
  private void syncNearest(Path gone) throws IOException {
    Path directory = gone.normalize().getParent();
    while (directory.startsWith(buckets)) {
      try {
        Durable.sync(directory);
        return;
      } catch (NoSuchFileException e) {
        directory = directory.getParent();
      }
    }
  }

  private interface FileWork {
    void run() throws IOException;
  }

  private static void onDisk(FileWork work) {
    try {
      work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
