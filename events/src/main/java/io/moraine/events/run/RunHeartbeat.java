package io.moraine.events.run;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/** A run still works. */
public record RunHeartbeat(TeamId team, RunName run) implements RunEvent {}
