package io.moraine.dataset.key;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Base64;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The S3 secret of each API key, whose access key is the key's public id. S3 signatures (SigV4)
 * need the secret itself and not its hash, so it is derived from the {@link ServerKey}, the API
 * key's id and an epoch, and stored nowhere. Immutable, thread-safe; never blocks. Rule: design
 * section 9.
 */
@ApplicationScoped
public class S3Secrets {
  /** 240 bits: 40 characters, as S3 clients know secrets. */
  private static final int SECRET_BYTES = 30;

  private final ServerKey serverKey;
  private final int epoch;

  S3Secrets(ServerKey serverKey, @ConfigProperty(name = "moraine.gateway.key-epoch") int epoch) {
    this.serverKey = serverKey;
    this.epoch = epoch;
  }

  /** The secret of the key with this public id, whether there is such a key or not. */
  public String of(String keyId) {
    byte[] secret = serverKey.derive("moraine s3 secret/" + epoch + "/" + keyId, SECRET_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }
}
