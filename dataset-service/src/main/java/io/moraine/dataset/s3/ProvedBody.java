package io.moraine.dataset.s3;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.gaul.s3proxy.S3ErrorCode;
import org.gaul.s3proxy.checksum.ChecksumValidatingInputStream;
import org.gaul.s3proxy.checksum.FlexChecksum;

/**
 * The body of a proved request, as it is when whatever it travelled in is taken off. It streams:
 * what is wrong with it shows while it is read, before its end at the latest, as an {@link
 * IOException} with the refusal as its cause. So whoever has seen the end has right bytes, and
 * nothing that came before may count until then.
 *
 * @param length that it must have, when it says one
 */
record ProvedBody(InputStream bytes, Optional<Long> length) {
  static final String UNSIGNED = "UNSIGNED-PAYLOAD";
  private static final String CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  private static final String CHUNKS_AND_TRAILER = CHUNKS + "-TRAILER";
  private static final String UNSIGNED_CHUNKS_AND_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

  private static final String TRANSFER_ENCODING = "transfer-encoding";
  private static final String TRAILER = "x-amz-trailer";
  static final String DECODED_LENGTH = "x-amz-decoded-content-length";
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** Fails when the signature says of the body what this gateway does not know. */
  static ProvedBody of(HttpServletRequest request, Proof proof, InputStream sent) {
    String hash = proof.bodyHash();
    if (hash.equals(UNSIGNED)) {
      return new ProvedBody(sent, sentLength(request));
    }
    if (SHA256.matcher(hash).matches()) {
      return hashed(request, hash, sent);
    }
    return switch (hash) {
      case CHUNKS -> chunked(request, sent, Optional.of(new ChunkSigner(proof)), Optional.empty());
      case CHUNKS_AND_TRAILER ->
          chunked(
              request, sent, Optional.of(new ChunkSigner(proof)), Optional.of(trailer(request)));
      case UNSIGNED_CHUNKS_AND_TRAILER ->
          chunked(request, sent, Optional.empty(), Optional.of(trailer(request)));
      default ->
          throw Refusal.notImplemented(
              "The body's x-amz-content-sha256 is none that this gateway knows.");
    };
  }

  private static ProvedBody hashed(HttpServletRequest request, String hash, InputStream sent) {
    Optional<Long> length = sentLength(request);
    return new ProvedBody(
        new ChecksumValidatingInputStream(
            sent,
            FlexChecksum.SHA256.newChecksum(),
            HexFormat.of().parseHex(hash),
            length.orElse(Long.MAX_VALUE),
            S3ErrorCode.X_AMZ_CONTENT_S_H_A_256_MISMATCH),
        length);
  }

  private static FlexChecksum trailer(HttpServletRequest request) {
    String name = request.getHeader(TRAILER);
    FlexChecksum checksum = name == null ? null : FlexChecksum.fromHeaderName(name.strip());
    if (checksum == null) {
      throw Refusal.of(
          400,
          "InvalidRequest",
          "The body ends with a trailer, but x-amz-trailer names no checksum.");
    }
    return checksum;
  }

  private static ProvedBody chunked(
      HttpServletRequest request,
      InputStream sent,
      Optional<ChunkSigner> signer,
      Optional<FlexChecksum> trailer) {
    String announced = request.getHeader(DECODED_LENGTH);
    if (announced == null || !announced.matches("[0-9]{1,18}")) {
      throw Refusal.of(
          411, "MissingContentLength", "A body in chunks needs " + DECODED_LENGTH + ", a number.");
    }
    long length = Long.parseLong(announced);
    return new ProvedBody(new ChunkedBody(sent, signer, trailer, length), Optional.of(length));
  }

  /** A request that says nothing of a body has none. */
  private static Optional<Long> sentLength(HttpServletRequest request) {
    long length = request.getContentLengthLong();
    boolean open = length < 0 && request.getHeader(TRANSFER_ENCODING) != null;
    return open ? Optional.empty() : Optional.of(Math.max(0, length));
  }
}
