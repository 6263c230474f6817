package io.moraine.events.run;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/** A job's work has started. */
public record JobStarted(TeamId team, RunName run, RunName job, int attempt) implements RunEvent {}
