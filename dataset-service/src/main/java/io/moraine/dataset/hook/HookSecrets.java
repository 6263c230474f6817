package io.moraine.dataset.hook;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.crypto.tink.subtle.Hex;
import io.moraine.dataset.key.ServerKey;
import io.moraine.vocabulary.HookId;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of each hook, derived from the server's key and the hook's id, and what is signed with
 * it. Immutable, thread-safe; never blocks.
 */
@ApplicationScoped
class HookSecrets {
  private static final int SECRET_BYTES = 30;
  private static final String HMAC = "HmacSHA256";
  private static final String PREFIX = "sha256=";

  private final ServerKey serverKey;

  HookSecrets(ServerKey serverKey) {
    this.serverKey = serverKey;
  }

  /** The secret of the hook with this id, whether there is such a hook or not. */
  String of(HookId hook) {
    byte[] secret = serverKey.derive("moraine hook secret/" + hook, SECRET_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  /** Whether {@code signature}, as GitHub writes it, is the hook's of {@code body}. */
  boolean isSigned(HookId hook, byte[] body, String signature) {
    byte[] expected = (PREFIX + Hex.encode(hmac(hook, body))).getBytes(US_ASCII);
    // Takes as long wherever they differ.
    return MessageDigest.isEqual(expected, signature.getBytes(US_ASCII));
  }

  private byte[] hmac(HookId hook, byte[] body) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(of(hook).getBytes(US_ASCII), HMAC));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no HMAC with SHA-256.", e);
    }
  }
}
