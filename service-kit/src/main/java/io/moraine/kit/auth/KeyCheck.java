package io.moraine.kit.auth;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/**
 * Says what a key is: from the tables in dataset-service, by asking it ({@link IntrospectedKeys})
 * elsewhere.
 */
public interface KeyCheck {
  /** Empty when the key is unknown, revoked or its secret wrong. Never blocks. */
  Uni<Optional<KeyInfo>> check(ApiKey key);
}
