package io.moraine.dataset.s3;

import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.file.ByteRange;
import io.moraine.dataset.file.DeleteFile;
import io.moraine.dataset.file.ETag;
import io.moraine.dataset.file.Expected;
import io.moraine.dataset.file.PutFile;
import io.moraine.dataset.file.StageFiles;
import io.moraine.dataset.file.VersionFiles;
import io.moraine.dataset.version.Version;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * Puts, copies and deletes objects in open versions. Whether the caller may is checked before.
 * Thread-safe, blocking; refuses as S3 does.
 */
@ApplicationScoped
class WriteObjects {
  private static final String SLASH = "/";

  private final ReadObjects reads;
  private final VersionFiles files;
  private final PutFile putFile;
  private final StageFiles stageFiles;
  private final DeleteFile deleteFile;

  WriteObjects(
      ReadObjects reads,
      VersionFiles files,
      PutFile putFile,
      StageFiles stageFiles,
      DeleteFile deleteFile) {
    this.reads = reads;
    this.files = files;
    this.putFile = putFile;
    this.stageFiles = stageFiles;
    this.deleteFile = deleteFile;
  }

  /** The ETag of what was put, where it was put as expected. */
  String put(TeamId team, PutObjectRequest request, Expected expected, InputStream payload) {
    ObjectName name = ObjectName.writable(request.bucket(), request.key());
    InputStream body = Md5Checked.of(payload, request.contentMD5());
    return put(team, name, expected, request.contentLength(), body);
  }

  private String put(
      TeamId team, ObjectName name, Expected expected, long length, InputStream body) {
    return Refusal.said(
        () -> {
          try {
            PutFile.Put put =
                putFile.into(team, name.version(), name.path(), expected, length, body);
            return ETag.of(put.content(), put.sizeBytes());
          } catch (IOException e) {
            throw Refusal.of(e);
          }
        });
  }

  /** The ETag of what was copied. No byte moves, unless it is to another storage provider. */
  String copy(TeamId team, CopyObjectRequest request) {
    ObjectName to = ObjectName.writable(request.destinationBucket(), request.destinationKey());
    FoundObject from = reads.find(team, request.sourceBucket(), request.sourceKey());
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
    return copy(team, from, to);
  }

  private String copy(TeamId team, FoundObject from, ObjectName to) {
    FileEntry file = from.file();
    Version version = Refusal.said(() -> files.version(team, to.version()));
    if (version.store().equals(from.version().store())) {
      FileEntry copy = new FileEntry(to.path(), file.sizeBytes(), file.content());
      Refusal.said(() -> stageFiles.into(version, List.of(Change.put(copy)).iterator()));
      return from.etag();
    }
    try (InputStream bytes = reads.open(from, ByteRange.whole(file.sizeBytes()))) {
      return put(team, to, Expected.ANYTHING, file.sizeBytes(), bytes);
    } catch (IOException e) {
      throw Refusal.of(e);
    }
  }

  void delete(TeamId team, String bucket, String key, Expected expected) {
    if (key.endsWith(SLASH)) { // a directory, which is nothing of its own
      reads.dataset(team, bucket);
      return;
    }
    ObjectName name = ObjectName.writable(bucket, key);
    Refusal.said(
        () -> {
          deleteFile.from(team, name.version(), name.path(), expected);
          return name;
        });
  }

  /** All of one version's at once; what is refused is said of each. */
  DeleteObjectsResponse deleteMany(TeamId team, DeleteObjectsRequest request) {
    reads.dataset(team, request.bucket());
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
                  stage(team, version, changes.values());
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

  private void stage(TeamId team, DatasetRef ref, Collection<Change> changes) {
    Refusal.said(() -> stageFiles.into(files.version(team, ref), changes.iterator()));
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
}
