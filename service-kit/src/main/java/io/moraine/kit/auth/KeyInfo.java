package io.moraine.kit.auth;

import io.moraine.vocabulary.TeamId;
import java.util.Optional;

/**
 * What a valid key is.
 *
 * @param id the key's public id
 * @param team whose it is; none for the role {@code service}
 */
public record KeyInfo(String id, Role role, Optional<TeamId> team) {}
