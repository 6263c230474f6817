package io.moraine.events.run;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/** A run has ended; for a run without jobs this is also the end of its one job. */
public record RunFinished(TeamId team, RunName run, Outcome outcome) implements RunEvent {}
