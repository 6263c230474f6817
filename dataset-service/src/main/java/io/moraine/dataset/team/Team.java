package io.moraine.dataset.team;

import io.moraine.vocabulary.TeamId;

/**
 * A tenant.
 *
 * @param operator whether its admins may make other teams
 */
record Team(TeamId id, String name, boolean operator) {}
