package io.moraine.vocabulary;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A SHA-256 (FIPS 180-4): 32 bytes, written as 64 lower-case hexadecimal digits. Ordered by its
 * bytes, unsigned.
 */
public final class Sha256 implements Comparable<Sha256> {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private static final HexFormat HEX = HexFormat.of();
  private static final Rule RULE =
      new Rule("SHA-256", "[0-9a-f]{64}", "64 lower-case hexadecimal digits");

  private final byte[] bytes;

  private Sha256(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes 32 raw bytes; they are copied. */
  public static Sha256 ofBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a SHA-256 has 32 bytes, not " + bytes.length + ".");
    }
    return new Sha256(bytes.clone());
  }

  /** Takes the 32 bytes of {@code bytes} from {@code offset}; they are copied. */
  public static Sha256 ofBytes(byte[] bytes, int offset) {
    return new Sha256(Arrays.copyOfRange(bytes, offset, Math.addExact(offset, BYTES)));
  }

  public static Sha256 ofHex(String hex) {
    return new Sha256(HEX.parseHex(RULE.require(hex)));
  }

  /** Hashes {@code data} whole. */
  public static Sha256 of(byte[] data) {
    return new Sha256(newDigest().digest(data));
  }

  /** Hashes {@code length} bytes of {@code data} from {@code offset}. */
  public static Sha256 of(byte[] data, int offset, int length) {
    MessageDigest digest = newDigest();
    digest.update(data, offset, length);
    return finish(digest);
  }

  /** A fresh streaming digest; not thread-safe. End it with {@link #finish}. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Ends {@code digest} and resets it. */
  public static Sha256 finish(MessageDigest digest) {
    return ofBytes(digest.digest());
  }

  /** The 32 bytes, a copy. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  public String hex() {
    return HEX.formatHex(bytes);
  }

  /** As the S3 header {@code x-amz-checksum-sha256} wants it. */
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public int compareTo(Sha256 other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sha256 that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
