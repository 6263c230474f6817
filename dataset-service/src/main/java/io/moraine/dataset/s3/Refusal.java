package io.moraine.dataset.s3;

import io.moraine.content.file.WrongLengthException;
import io.moraine.content.store.ObjectStoreException;
import io.moraine.kit.problem.Problem;
import io.moraine.kit.problem.ProblemException;
import io.smallrye.mutiny.TimeoutException;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says no in the S3 clients' own tongue: a status, one of the codes that they know, a message. */
final class Refusal {
  private record Said(int status, String code) {}

  /** By the problem's type; all others by their status. */
  private static final Map<String, Said> BY_TYPE =
      Map.ofEntries(
          Map.entry("dataset/not-found", new Said(404, "NoSuchBucket")),
          Map.entry("version/not-found", new Said(404, "NoSuchKey")),
          Map.entry("file/not-found", new Said(404, "NoSuchKey")),
          Map.entry("version/not-open", new Said(403, "AccessDenied")),
          Map.entry("version/file-and-directory", new Said(400, "InvalidRequest")),
          Map.entry("file/not-as-expected", new Said(412, "PreconditionFailed")),
          Map.entry("file/changed-meanwhile", new Said(409, "ConditionalRequestConflict")),
          Map.entry("content/source-changed", new Said(403, "InvalidObjectState")),
          Map.entry("file/body-incomplete", new Said(400, "IncompleteBody")),
          Map.entry("multipart/no-such-upload", new Said(404, "NoSuchUpload")),
          Map.entry("multipart/wrong-part", new Said(400, "InvalidPart")),
          Map.entry("multipart/wrong-order", new Said(400, "InvalidPartOrder")),
          Map.entry("multipart/no-parts", new Said(400, "MalformedXML")),
          Map.entry("multipart/too-many-uploads", new Said(400, "InvalidRequest")));

  private static final Map<Integer, Said> BY_STATUS =
      Map.of(
          400, new Said(400, "InvalidArgument"),
          401, new Said(403, "AccessDenied"),
          403, new Said(403, "AccessDenied"),
          404, new Said(404, "NoSuchKey"),
          409, new Said(409, "OperationAborted"),
          416, new Said(416, "InvalidRange"),
          422, new Said(400, "InvalidRequest"),
          503, new Said(503, "SlowDown"));

  private static final Said FAULT = new Said(500, "InternalError");

  private Refusal() {}

  static S3Exception of(int status, String code, String message) {
    return (S3Exception) filled(S3Exception.builder(), status, code, message).build();
  }

  static S3Exception accessDenied(String message) {
    return of(403, "AccessDenied", message);
  }

  static S3Exception invalidArgument(String message) {
    return of(400, "InvalidArgument", message);
  }

  static S3Exception notImplemented(String message) {
    return of(501, "NotImplemented", message);
  }

  /** A key that names nothing; the library tells it from others by its type. */
  static S3Exception noSuchKey(String message) {
    return (S3Exception) filled(NoSuchKeyException.builder(), 404, "NoSuchKey", message).build();
  }

  private static S3Exception noSuchBucket(String message) {
    return (S3Exception)
        filled(NoSuchBucketException.builder(), 404, "NoSuchBucket", message).build();
  }

  /** What a feature says. */
  static S3Exception of(ProblemException e) {
    Problem problem = e.problem();
    Said said =
        Optional.ofNullable(BY_TYPE.get(problem.type()))
            .or(() -> Optional.ofNullable(BY_STATUS.get(problem.status())))
            .orElse(FAULT);
    return switch (said.code()) {
      case "NoSuchKey" -> noSuchKey(problem.detail());
      case "NoSuchBucket" -> noSuchBucket(problem.detail());
      default -> of(said.status(), said.code(), problem.detail());
    };
  }

  /** The answer of a feature, or what it refuses in S3's words. */
  static <T> T said(Supplier<T> feature) {
    try {
      return feature.get();
    } catch (ProblemException e) {
      throw of(e);
    }
  }

  /** Of a body that could not be read to its end, what it was that was wrong with it. */
  static AwsServiceException of(IOException e) {
    return in(e)
        .orElseGet(
            () ->
                of(
                    400,
                    "IncompleteBody",
                    e instanceof WrongLengthException
                        ? "The body is not as long as announced: " + e.getMessage()
                        : "The body broke off. Nothing was stored; send it again."));
  }

  /** The refusal that caused {@code failure}, if one did. */
  static Optional<AwsServiceException> in(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof AwsServiceException refusal) {
        return Optional.of(refusal);
      }
      if (t instanceof ProblemException problem) {
        return Optional.of(of(problem));
      }
    }
    return Optional.empty();
  }

  /** Whether something that the gateway needs was away, so that trying again may help. */
  static boolean isUnavailable(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ObjectStoreException bucket) {
        return bucket.isRetryable();
      }
      if (t instanceof ConnectException
          || t instanceof VertxException
          || t instanceof TimeoutException) {
        return true;
      }
    }
    return false;
  }

  /** 304: what the client has is what there is. */
  static S3Exception notModified(String etag) {
    return S3Exceptions.fromStatusCode(304, "\"" + etag + "\"", Map.of(), null);
  }

  static S3Exception preconditionFailed() {
    return S3Exceptions.preconditionFailed(null);
  }

  private static S3Exception.Builder filled(
      S3Exception.Builder builder, int status, String code, String message) {
    builder.message(message);
    builder.statusCode(status);
    builder.awsErrorDetails(
        AwsErrorDetails.builder()
            .errorCode(code)
            .errorMessage(message)
            .sdkHttpResponse(SdkHttpResponse.builder().statusCode(status).build())
            .build());
    return builder;
  }
}
