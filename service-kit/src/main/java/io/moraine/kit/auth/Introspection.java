package io.moraine.kit.auth;

import io.moraine.vocabulary.TeamId;
import java.util.Optional;

/**
 * The answer of {@code POST /introspect} (RFC 7662).
 *
 * @param active whether the key is valid; the rest is absent when it is not
 * @param sub the key's public id
 */
public record Introspection(
    boolean active, Optional<String> sub, Optional<Role> role, Optional<TeamId> team) {
  /** The answer about a key that is not valid. */
  public static final Introspection INACTIVE =
      new Introspection(false, Optional.empty(), Optional.empty(), Optional.empty());

  /** The answer about a valid key. */
  public static Introspection of(KeyInfo key) {
    return new Introspection(true, Optional.of(key.id()), Optional.of(key.role()), key.team());
  }

  Optional<KeyInfo> key() {
    return active && sub.isPresent() && role.isPresent()
        ? Optional.of(new KeyInfo(sub.get(), role.get(), team))
        : Optional.empty();
  }
}
