package io.moraine.dataset.key;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.crypto.tink.subtle.Hkdf;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The one secret of the server from which others are derived (HKDF-SHA256, RFC 5869), so that they
 * need not be stored. Immutable, thread-safe; never blocks.
 */
@ApplicationScoped
public class ServerKey {
  private static final String HASH = "HMACSHA256";
  private static final byte[] NO_SALT = new byte[0];

  /** 256 bits in base62. */
  private static final int SHORTEST_KEY = 43;

  private final byte[] key;

  ServerKey(@ConfigProperty(name = "MORAINE_GATEWAY_KEY_FILE") Path file) throws IOException {
    this.key = Files.readString(file, US_ASCII).strip().getBytes(US_ASCII);
    if (key.length < SHORTEST_KEY) {
      throw new IOException(
          file + " holds fewer than 43 characters; make a key with: openssl rand -hex 32");
    }
  }

  /** {@code length} bytes for what {@code purpose} names, always the same. */
  public byte[] derive(String purpose, int length) {
    try {
      return Hkdf.computeHkdf(HASH, key, NO_SALT, purpose.getBytes(UTF_8), length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no HMAC with SHA-256.", e);
    }
  }
}
