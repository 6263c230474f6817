package io.moraine.events.run;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/** A job's work has ended: the outputs of one that succeeded become versions. */
public record JobFinished(TeamId team, RunName run, RunName job, int attempt, Outcome outcome)
    implements RunEvent {}
