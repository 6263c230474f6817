package io.moraine.dataset.s3;

import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.file.ByteRange;
import io.moraine.dataset.file.ReadFile;
import io.moraine.dataset.file.VersionFiles;
import io.moraine.dataset.version.Version;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.gaul.s3proxy.blobstore.SdkResponses;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Finds and opens files as objects. Thread-safe, blocking; refuses as S3 does. */
@ApplicationScoped
class ReadObjects {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final Datasets datasets;
  private final VersionFiles files;
  private final ReadFile readFile;

  ReadObjects(Datasets datasets, VersionFiles files, ReadFile readFile) {
    this.datasets = datasets;
    this.files = files;
    this.readFile = readFile;
  }

  /** The dataset that is this bucket. */
  DatasetId dataset(TeamId team, String bucket) {
    return Refusal.said(() -> datasets.visible(team, bucket).await().atMost(DATABASE_PATIENCE))
        .id();
  }

  FoundObject find(TeamId team, String bucket, String key) {
    Optional<ObjectName> name = ObjectName.parse(bucket, key);
    if (name.isEmpty()) {
      dataset(team, bucket);
      throw Refusal.noSuchKey("No file can have the key " + key + ".");
    }
    return Refusal.said(
        () -> {
          Version version = files.readable(team, name.get().version());
          FileEntry file = files.find(version, name.get().path());
          Instant time = files.times(version, List.of(file)).get(file.path());
          return new FoundObject(version, file, time.truncatedTo(ChronoUnit.SECONDS));
        });
  }

  /** The object, or the one range of it that is asked for, if the reader's conditions hold. */
  ResponseInputStream<GetObjectResponse> get(TeamId team, GetObjectRequest request) {
    FoundObject found = find(team, request.bucket(), request.key());
    require(request, found);
    long size = found.file().sizeBytes();
    Optional<ByteRange> part = Optional.ofNullable(request.range()).map(range -> part(range, size));
    ByteRange wanted = part.orElse(ByteRange.whole(size));
    GetObjectResponse.Builder answer = found.described(request.checksumMode());
    answer.contentLength(wanted.length());
    part.ifPresent(range -> answer.contentRange(range.of(size)));
    return SdkResponses.getResponse(answer.build(), open(found, wanted));
  }

  private static void require(GetObjectRequest request, FoundObject found) {
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

  /**
   * Some bytes of an object, the first of them read already: what cannot be had is said before an
   * answer begins.
   */
  InputStream open(FoundObject found, ByteRange range) {
    try {
      return begun(readFile.open(found.version(), found.file(), range.offset(), range.length()));
    } catch (ProblemException e) {
      throw Refusal.of(e);
    } catch (IOException e) {
      throw new IllegalStateException("The bytes of " + found.file().path() + " cannot be read", e);
    }
  }

  private static InputStream begun(InputStream bytes) throws IOException {
    try {
      PushbackInputStream in = new PushbackInputStream(bytes);
      int first = in.read();
      if (first >= 0) {
        in.unread(first);
      }
      return in;
    } catch (IOException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }
}
