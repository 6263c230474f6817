package io.moraine.dataset.secret;

import io.moraine.dataset.sealing.SealedColumn;
import io.moraine.dataset.sealing.Sealer;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps secrets, each sealed for its own row. Thread-safe; never blocks. */
@ApplicationScoped
public class Secrets {
  static final String TEAM = "team";
  private static final String NAMED = "secret:";
  private static final String EPHEMERAL = "secret:ephemeral:";
  private static final int MOST = 1_000;
  private static final int MOST_EPHEMERAL = 10_000;
  private static final int HANDLE_BYTES = 24;

  private final SecretStore store;
  private final Sealer sealer;
  private final SecureRandom random = new SecureRandom();

  Secrets(SecretStore store, Sealer sealer) {
    this.store = store;
    this.sealer = sealer;
  }

  /**
   * What {@code reference} stands for, {@code secret:NAME} of the team or {@code
   * secret:ephemeral:HANDLE}; none when it is no such reference, or names nothing (any more). For
   * our own use of it: no answer and no log may have it.
   */
  public Uni<Optional<String>> open(TeamId team, String reference) {
    if (reference.startsWith(EPHEMERAL)) {
      String handle = reference.substring(EPHEMERAL.length());
      return store
          .findEphemeral(team, handle)
          .map(found -> found.map(ciphertext -> sealer.open(ciphertext, owner(team, handle))));
    }
    if (!reference.startsWith(NAMED)) {
      return Uni.createFrom().item(Optional.empty());
    }
    try {
      SecretKey key = new SecretKey(team, TEAM, team.text(), reference.substring(NAMED.length()));
      return store
          .find(key)
          .map(found -> found.map(ciphertext -> sealer.open(ciphertext, key.owner())));
    } catch (IllegalArgumentException e) {
      return Uni.createFrom().item(Optional.empty());
    }
  }

  Uni<Void> set(SecretKey key, String value) {
    return store
        .set(key, sealer.seal(value, key.owner()), MOST)
        .invoke(set -> require(set, MOST))
        .replaceWithVoid();
  }

  Uni<List<String>> names(TeamId team, String entity, String entityId) {
    return store.names(team, entity, entityId, MOST);
  }

  /** Whether there was one. */
  Uni<Boolean> delete(SecretKey key) {
    return store.delete(key);
  }

  /** A handle for each of the values, good for {@code life}. */
  Uni<Map<String, String>> keep(TeamId team, Map<String, String> values, Duration life) {
    Map<String, String> handles = new LinkedHashMap<>();
    Map<String, byte[]> ciphertexts = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          String handle = handle();
          handles.put(name, handle);
          ciphertexts.put(handle, sealer.seal(value, owner(team, handle)));
        });
    return store
        .setEphemeral(team, ciphertexts, life, MOST_EPHEMERAL)
        .invoke(set -> require(set, MOST_EPHEMERAL))
        .replaceWith(handles);
  }

  /** What {@link SecretKey#owner} says, in SQL. */
  @Produces
  @Singleton
  static SealedColumn named() {
    return new SealedColumn(
        "secret",
        "ciphertext",
        "'secret ' || team || '/' || entity || '/' || entity_id || '/' || name");
  }

  /** What {@link #owner} says, in SQL. */
  @Produces
  @Singleton
  static SealedColumn ephemeral() {
    return new SealedColumn(
        "ephemeral_secret", "ciphertext", "'ephemeral secret ' || team || '/' || handle");
  }

  private String handle() {
    byte[] bytes = new byte[HANDLE_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String owner(TeamId team, String handle) {
    return "ephemeral secret " + team + "/" + handle;
  }

  private static void require(boolean set, int most) {
    if (!set) {
      throw new SecretProblem.TooMany(most).exception();
    }
  }
}
