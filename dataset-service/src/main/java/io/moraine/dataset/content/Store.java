package io.moraine.dataset.content;

import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;

/**
 * One team's contents in one storage provider: the scope in which equal contents are kept once.
 * Providers belong to teams, so the provider alone names it in tables.
 */
public record Store(TeamId team, ProviderId provider) {}
