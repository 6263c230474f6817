package io.moraine.dataset.s3;

import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import org.gaul.s3proxy.S3ErrorCode;
import org.gaul.s3proxy.S3ProxyException;
import org.gaul.s3proxy.checksum.FlexChecksum;
import software.amazon.awssdk.checksums.SdkChecksum;

/**
 * What a body holds that came as {@code aws-chunked}: chunks of any size with a signature each, and
 * behind the last, which is empty, a trailer with a checksum of all of them, signed too. Nothing is
 * held back: the signature of a chunk is looked at behind its bytes, and the end is seen only by
 * whoever got all of them, proved. Not thread-safe. Source: AWS, "Signature calculations for the
 * authorization header: transferring payload in multiple chunks".
 */
final class ChunkedBody extends InputStream {
  /** A size, a signature, a checksum: nothing longer is said between chunks. */
  private static final int LONGEST_LINE = 1_024;

  private static final int MOST_TRAILERS = 4;
  private static final String SIGNATURE = "chunk-signature=";
  private static final String TRAILER_SIGNATURE = "x-amz-trailer-signature";

  private final InputStream in;
  private final Optional<ChunkSigner> signer;
  private final Optional<FlexChecksum> trailer;
  private final Optional<SdkChecksum> checksum;
  private final MessageDigest chunkDigest = Sha256.newDigest();
  private String signature = "";

  /** Of all chunks. */
  private long missing;

  /** Of the chunk at hand. */
  private long left;

  private boolean ended;

  /**
   * @param signer of the chunks, if they are signed
   * @param trailer the checksum that follows them, if one does
   * @param length of all of them together
   */
  ChunkedBody(
      InputStream in, Optional<ChunkSigner> signer, Optional<FlexChecksum> trailer, long length) {
    this.in = in;
    this.signer = signer;
    this.trailer = trailer;
    this.missing = length;
    this.checksum = trailer.map(FlexChecksum::newChecksum);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !ended) {
      begin();
    }
    if (ended) {
      return -1;
    }
    int read = in.read(buffer, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw incomplete();
    }
    left -= read;
    if (signer.isPresent()) {
      chunkDigest.update(buffer, offset, read);
    }
    checksum.ifPresent(sum -> sum.update(buffer, offset, read));
    if (left == 0) {
      requireChunk();
      if (!line().isEmpty()) {
        throw malformed("A chunk is longer than it says.");
      }
    }
    return read;
  }

  /** Reads what the next chunk says of itself; behind the last follow the trailers. */
  private void begin() throws IOException {
    String[] parts = line().split(";", 2);
    if (!parts[0].matches("[0-9a-fA-F]{1,15}")) {
      throw malformed("A chunk does not begin with its size.");
    }
    left = Long.parseLong(parts[0], 16);
    missing -= left;
    if (missing < 0 || left == 0 && missing > 0) {
      throw refused(
          S3ErrorCode.INCOMPLETE_BODY, "The chunks are not as long together as was announced.");
    }
    boolean signed = parts.length > 1 && parts[1].startsWith(SIGNATURE);
    signature = signed ? parts[1].substring(SIGNATURE.length()) : "";
    if (left == 0) {
      requireChunk();
      end();
    }
  }

  private void requireChunk() throws IOException {
    if (signer.isPresent() && !signer.get().isNextChunk(signature, Sha256.finish(chunkDigest))) {
      throw refused(S3ErrorCode.SIGNATURE_DOES_NOT_MATCH, "The signature of a chunk is not its.");
    }
  }

  private void end() throws IOException {
    StringBuilder signed = new StringBuilder();
    String trailerSignature = "";
    boolean checked = trailer.isEmpty();
    String line;
    for (int i = 0; !(line = line()).isEmpty(); i++) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? line : line.substring(0, colon).strip();
      String value = colon < 0 ? "" : line.substring(colon + 1).strip();
      if (name.equalsIgnoreCase(TRAILER_SIGNATURE)) {
        trailerSignature = value;
      } else if (trailer.isPresent() && name.equalsIgnoreCase(trailer.get().header())) {
        requireChecksum(value);
        checked = true;
        signed.append(trailer.get().header()).append(':').append(value).append('\n');
      } else {
        throw malformed("A trailer was not announced: " + printable(name));
      }
      if (i == MOST_TRAILERS) {
        throw malformed("There are too many trailers.");
      }
    }
    if (!checked) {
      throw malformed("The checksum that was announced is missing behind the last chunk.");
    }
    if (trailer.isPresent()
        && signer.isPresent()
        && !signer.get().isTrailer(trailerSignature, signed.toString())) {
      throw refused(
          S3ErrorCode.SIGNATURE_DOES_NOT_MATCH, "The signature of the trailer is not its.");
    }
    ended = true;
  }

  private void requireChecksum(String value) throws IOException {
    String right = Base64.getEncoder().encodeToString(checksum.orElseThrow().getChecksumBytes());
    if (!right.equals(value)) {
      throw refused(
          S3ErrorCode.BAD_DIGEST,
          "The %s of the body is %s, not %s."
              .formatted(trailer.orElseThrow().header(), right, printable(value)));
    }
  }

  private static String printable(String text) {
    return text.replaceAll("[^a-zA-Z0-9+/=-]", "?");
  }

  /** Up to the next CR LF, without it. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int read;
    while ((read = in.read()) != '\r') {
      if (read < 0) {
        throw incomplete();
      }
      if (line.length() == LONGEST_LINE) {
        throw malformed("What stands between chunks is too long.");
      }
      line.append((char) read);
    }
    if (in.read() != '\n') {
      throw malformed("A line does not end with CR LF.");
    }
    return line.toString();
  }

  private static IOException incomplete() {
    return refused(S3ErrorCode.INCOMPLETE_BODY, "The body ended before its last chunk.");
  }

  private static IOException malformed(String why) {
    return refused(S3ErrorCode.INVALID_REQUEST, "The body is not aws-chunked: " + why);
  }

  private static IOException refused(S3ErrorCode code, String message) {
    return new IOException(message, new S3ProxyException(code, message));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
