package io.moraine.events.run;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.util.Optional;

/** A run shall end. */
public record RunCancelled(TeamId team, RunName run, Optional<String> reason) implements RunEvent {}
