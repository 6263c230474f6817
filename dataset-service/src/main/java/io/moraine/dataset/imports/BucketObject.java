package io.moraine.dataset.imports;

import io.moraine.content.store.PinnedObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An object of a bucket as a listing found it: opened, it has that ETag, or it is another. */
final class BucketObject implements RemoteFile {
  private final S3Client s3;
  private final String bucket;
  private final String key;
  private final long length;
  private final String etag;
  private final ImportRun run;
  private volatile Optional<String> versionId = Optional.empty();

  BucketObject(S3Client s3, String bucket, String key, long length, String etag, ImportRun run) {
    this.s3 = s3;
    this.bucket = bucket;
    this.key = key;
    this.length = length;
    this.etag = etag;
    this.run = run;
  }

  String key() {
    return key;
  }

  /** What {@link #open} gave the bytes of. */
  PinnedObject pinned() {
    if (etag == null) {
      throw new ImportFailedException(
          "The bucket %s says no ETag of %s, so that nobody could tell it from another: copy its objects."
              .formatted(bucket, EntryName.shown(key)));
    }
    return new PinnedObject(key, etag, versionId);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public boolean isResumable() {
    return true;
  }

  @Override
  public InputStream open(long offset) throws IOException {
    try {
      ResponseInputStream<GetObjectResponse> in =
          s3.getObject(
              get -> {
                get.bucket(bucket).key(key).ifMatch(etag).versionId(versionId.orElse(null));
                if (offset > 0) {
                  get.range("bytes=" + offset + "-");
                }
              });
      run.onStop(in::abort);
      // What a bucket has that kept no versions when the object was put is called "null".
      versionId = Optional.ofNullable(in.response().versionId()).filter(id -> !id.equals("null"));
      return new Body(in);
    } catch (SdkException e) {
      throw FetchBucket.explained(bucket, EntryName.shown(key), e);
    }
  }

  /** The whole of a small one. */
  byte[] read() throws IOException {
    try (InputStream in = open(0)) {
      return in.readNBytes((int) length + 1);
    }
  }

  /** Closed before its end, it does not read the rest. */
  private static final class Body extends FilterInputStream {
    private final ResponseInputStream<?> answer;

    Body(ResponseInputStream<?> answer) {
      super(answer);
      this.answer = answer;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return answer.read(buffer, offset, length);
      } catch (SdkException e) {
        throw new SourceBrokenException(e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      answer.abort();
    }
  }
}
