package io.moraine.dataset.s3;

import io.moraine.vocabulary.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signatures that the chunks of a body have to have: each goes on from the one before, the
 * first from the request's. Not thread-safe.
 */
final class ChunkSigner {
  private static final String HMAC = "HmacSHA256";
  private static final String CHUNK = "AWS4-HMAC-SHA256-PAYLOAD";
  private static final String TRAILER = "AWS4-HMAC-SHA256-TRAILER";
  private static final String EMPTY = Sha256.of(new byte[0]).hex();

  private final Mac mac;
  private final String timestamp;
  private final String scope;
  private String previous;

  ChunkSigner(Proof proof) {
    try {
      this.mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(proof.signingKey(), HMAC));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no HMAC with SHA-256.", e);
    }
    this.timestamp = proof.timestamp();
    this.scope = proof.scope();
    this.previous = proof.signature();
  }

  /** Whether {@code signature} is that of the next chunk, whose bytes have this SHA-256. */
  boolean isNextChunk(String signature, Sha256 bytes) {
    return isNext(
        signature, String.join("\n", CHUNK, timestamp, scope, previous, EMPTY, bytes.hex()));
  }

  /** Whether {@code signature} is that of these trailers, lines that end with a line feed each. */
  boolean isTrailer(String signature, String trailers) {
    Sha256 hash = Sha256.of(trailers.getBytes(StandardCharsets.UTF_8));
    return isNext(signature, String.join("\n", TRAILER, timestamp, scope, previous, hash.hex()));
  }

  private boolean isNext(String signature, String signed) {
    byte[] right = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
    previous = HexFormat.of().formatHex(right);
    return MessageDigest.isEqual(
        previous.getBytes(StandardCharsets.US_ASCII), signature.getBytes(StandardCharsets.UTF_8));
  }
}
