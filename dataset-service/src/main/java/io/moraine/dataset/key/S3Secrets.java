package io.moraine.dataset.key;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.crypto.tink.subtle.Hkdf;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The S3 secret of each API key, whose access key is the key's public id. S3 signatures (SigV4)
 * need the secret itself and not its hash, so it is derived (HKDF-SHA256, RFC 5869) from a key of
 * the server's, the API key's id and an epoch, and stored nowhere. Immutable, thread-safe; never
 * blocks. Rule: design section 9.
 */
@ApplicationScoped
public class S3Secrets {
  private static final String HASH = "HMACSHA256";
  private static final byte[] NO_SALT = new byte[0];

  /** 240 bits: 40 characters, as S3 clients know secrets. */
  private static final int SECRET_BYTES = 30;

  /** 256 bits in base62. */
  private static final int SHORTEST_KEY = 43;

  private final byte[] serverKey;
  private final int epoch;

  S3Secrets(
      @ConfigProperty(name = "MORAINE_GATEWAY_KEY_FILE") Path file,
      @ConfigProperty(name = "moraine.gateway.key-epoch") int epoch)
      throws IOException {
    this.serverKey = Files.readString(file, US_ASCII).strip().getBytes(US_ASCII);
    this.epoch = epoch;
    if (serverKey.length < SHORTEST_KEY) {
      throw new IOException(
          file + " holds fewer than 43 characters; make a key with: openssl rand -hex 32");
    }
  }

  /** The secret of the key with this public id, whether there is such a key or not. */
  public String of(String keyId) {
    byte[] info = ("moraine s3 secret/" + epoch + "/" + keyId).getBytes(UTF_8);
    try {
      byte[] secret = Hkdf.computeHkdf(HASH, serverKey, NO_SALT, info, SECRET_BYTES);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no HMAC with SHA-256.", e);
    }
  }
}
