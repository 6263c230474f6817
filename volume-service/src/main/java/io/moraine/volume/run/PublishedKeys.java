package io.moraine.volume.run;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.Key;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;

/**
 * The public keys of run tokens, as dataset-service publishes them. A key that is not known is
 * looked for again, at most once a second: whoever makes up key ids costs no more than that.
 * Thread-safe; never blocks.
 */
@ApplicationScoped
class PublishedKeys {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final TokenClient tokens;

  private record Seen(JsonWebKeySet keys, long nanoTime) {
    private boolean isFresh() {
      return System.nanoTime() - nanoTime < BETWEEN_LOOKS.toNanos();
    }
  }

  private volatile Seen seen;

  PublishedKeys(@RestClient TokenClient tokens) {
    this.tokens = tokens;
  }

  /** The key of this id, when there is one. Fails as long as dataset-service does not answer. */
  Uni<Optional<Key>> find(String keyId) {
    Seen last = seen;
    Optional<Key> known = last == null ? Optional.empty() : in(last.keys(), keyId);
    if (known.isPresent() || (last != null && last.isFresh())) {
      return Uni.createFrom().item(known);
    }
    return tokens.keys().map(PublishedKeys::read).map(keys -> remember(keys, keyId));
  }

  private Optional<Key> remember(JsonWebKeySet keys, String keyId) {
    seen = new Seen(keys, System.nanoTime());
    return in(keys, keyId);
  }

  private static Optional<Key> in(JsonWebKeySet keys, String keyId) {
    return Optional.ofNullable(keys.findJsonWebKey(keyId, null, null, null))
        .map(JsonWebKey::getKey);
  }

  private static JsonWebKeySet read(String json) {
    try {
      return new JsonWebKeySet(json);
    } catch (JoseException e) {
      throw new IllegalStateException("dataset-service published no JWK set: " + e.getMessage(), e);
    }
  }
}
