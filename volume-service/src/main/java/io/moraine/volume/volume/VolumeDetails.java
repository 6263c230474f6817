package io.moraine.volume.volume;

import io.moraine.vocabulary.RunName;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A volume as users see it.
 *
 * @param kind {@code storage} (the team's, for ever) or {@code workflow} (as long as its run)
 * @param run whose it is, and {@code job}; absent for the team's storage
 * @param sizeBytes what it was asked to take
 * @param path where it is mounted from, once it is there
 * @param reason why the driver could not make it
 */
record VolumeDetails(
    String id,
    String kind,
    Optional<RunName> run,
    Optional<RunName> job,
    RunName name,
    OptionalLong sizeBytes,
    VolumePhase phase,
    Optional<String> path,
    Optional<String> reason) {}
