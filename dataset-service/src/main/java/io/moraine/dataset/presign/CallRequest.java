package io.moraine.dataset.presign;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.moraine.dataset.multipart.Part;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.FilePath;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * One call as the client asks for it: the name of an S3 operation in the AWS SDK for JavaScript and
 * its parameters. {@link #read} says what it means, or refuses it (400).
 */
@Schema(
    examples = {
      """
      {"method": "putObject", "params": {"Key": "/a.txt", "ContentType": "text/plain"}}
      """,
      """
      {"method": "listObjectsV2", "params": {"Prefix": "/", "MaxKeys": 20}}
      """
    })
record CallRequest(
    @Schema(
            enumeration = {
              "listObjectsV2",
              "headObject",
              "getObject",
              "putObject",
              "deleteObject",
              "createMultipartUpload",
              "uploadPart",
              "completeMultipartUpload"
            })
        String method,
    Optional<Params> params) {
  private static final int LONGEST_TOKEN = 4_096;
  private static final int MOST_KEYS = 1_000;
  private static final int MOST_PARTS = 10_000;

  record Params(
      @JsonProperty("Key") Optional<String> key,
      @JsonProperty("ContentType") Optional<String> contentType,
      @JsonProperty("Prefix") Optional<String> prefix,
      @JsonProperty("MaxKeys") Optional<Integer> maxKeys,
      @JsonProperty("Delimiter") Optional<String> delimiter,
      @JsonProperty("ContinuationToken") Optional<String> continuationToken,
      @JsonProperty("UploadId") Optional<String> uploadId,
      @JsonProperty("PartNumber") Optional<Integer> partNumber,
      @JsonProperty("MultipartUpload") Optional<Uploaded> multipartUpload) {
    static final Params NONE =
        new Params(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  record Uploaded(@JsonProperty("Parts") Optional<List<UploadedPart>> parts) {}

  record UploadedPart(
      @JsonProperty("ETag") Optional<String> etag,
      @JsonProperty("PartNumber") Optional<Integer> partNumber) {}

  S3Call read() {
    Params given = params.orElse(Params.NONE);
    return switch (method == null ? "" : method) {
      case "listObjectsV2" -> list(given);
      case "headObject" -> new S3Call.HeadObject(path(given));
      case "getObject" -> new S3Call.GetObject(path(given));
      case "putObject" -> new S3Call.PutObject(newPath(given), contentType(given));
      case "deleteObject" -> new S3Call.DeleteObject(path(given));
      case "createMultipartUpload" -> new S3Call.CreateMultipartUpload(newPath(given));
      case "uploadPart" ->
          new S3Call.UploadPart(path(given), uploadId(given), number(given.partNumber()));
      case "completeMultipartUpload" ->
          new S3Call.CompleteMultipartUpload(path(given), uploadId(given), parts(given));
      default ->
          throw invalid(
              "method is one of listObjectsV2, headObject, getObject, putObject, deleteObject,"
                  + " createMultipartUpload, uploadPart, completeMultipartUpload.");
    };
  }

  /** No delimiter means "/", and an empty one means none: so the original client has it. */
  private S3Call list(Params given) {
    String delimiter = given.delimiter().orElse("/");
    if (!delimiter.isEmpty() && !delimiter.equals("/")) {
      throw invalid("Delimiter is \"/\" or \"\".");
    }
    int maxKeys = given.maxKeys().orElse(MOST_KEYS);
    if (maxKeys < 1 || maxKeys > MOST_KEYS) {
      throw invalid("MaxKeys is a number from 1 to " + MOST_KEYS + ".");
    }
    return new S3Call.ListObjects(
        prefix(given.prefix().orElse("")),
        maxKeys,
        delimiter,
        given.continuationToken().filter(token -> !token.isEmpty()).map(this::token));
  }

  private String prefix(String text) {
    String prefix = text.startsWith("/") ? text.substring(1) : text;
    if (prefix.length() > FilePath.MAX_BYTES || prefix.indexOf('\0') >= 0) {
      throw invalid("Prefix has at most 1,024 characters and no NUL.");
    }
    return prefix;
  }

  private String token(String text) {
    if (text.length() > LONGEST_TOKEN) {
      throw invalid("ContinuationToken is none that a listing gave.");
    }
    return text;
  }

  private FilePath path(Params given) {
    String key = given.key().orElseThrow(() -> invalid("Key is missing: which file?"));
    try {
      return FilePath.ofClient(key);
    } catch (IllegalArgumentException e) {
      throw invalid(e.getMessage());
    }
  }

  /** The original client lists by XML, and breaks off at a name that XML cannot carry. */
  private FilePath newPath(Params given) {
    FilePath path = path(given);
    if (path.toString().chars().anyMatch(c -> c < ' ')) {
      throw invalid(
          "the name %s holds control characters, which no listing of this client can show. Rename the file."
              .formatted(path.quoted()));
    }
    return path;
  }

  private Optional<String> contentType(Params given) {
    return given.contentType().map(this::header);
  }

  private String header(String text) {
    if (text.isEmpty() || text.length() > 255 || !text.chars().allMatch(c -> c > 31 && c < 127)) {
      throw invalid("ContentType has 1 to 255 printable ASCII characters.");
    }
    return text;
  }

  private String uploadId(Params given) {
    return given
        .uploadId()
        .filter(id -> !id.isBlank() && id.length() <= 255)
        .orElseThrow(
            () -> invalid("UploadId is missing: the one that createMultipartUpload gave."));
  }

  private int number(Optional<Integer> number) {
    return number
        .filter(n -> n >= 1 && n <= MOST_PARTS)
        .orElseThrow(() -> invalid("PartNumber is a number from 1 to " + MOST_PARTS + "."));
  }

  private List<Part> parts(Params given) {
    List<UploadedPart> parts = given.multipartUpload().flatMap(Uploaded::parts).orElse(List.of());
    if (parts.isEmpty() || parts.size() > MOST_PARTS) {
      throw invalid("MultipartUpload.Parts has 1 to " + MOST_PARTS + " parts.");
    }
    return parts.stream()
        .map(part -> new Part(number(part.partNumber()), part.etag().orElse("").replace("\"", "")))
        .toList();
  }

  private RuntimeException invalid(String what) {
    return new RequestProblem.Invalid(
            (method == null ? "A call has no method: " : method + ": ") + what)
        .exception();
  }
}
