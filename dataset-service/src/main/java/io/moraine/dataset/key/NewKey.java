package io.moraine.dataset.key;

import io.moraine.kit.auth.Role;
import java.time.Instant;

/** A key as it is shown once, when it is made: {@code key} holds the secret. */
public record NewKey(String id, Role role, String name, String key, Instant dtCreated) {
  /** Says nothing secret. */
  @Override
  public String toString() {
    return "NewKey[" + id + ", " + role.text() + "]";
  }
}
