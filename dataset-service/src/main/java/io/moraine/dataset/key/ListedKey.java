package io.moraine.dataset.key;

import io.moraine.kit.auth.Role;
import java.time.Instant;
import java.util.Optional;

/** A key as its team's admins see it. */
record ListedKey(
    String id, Role role, String name, Instant dtCreated, Optional<Instant> dtRevoked) {}
