package io.moraine.events.volume;

import io.moraine.vocabulary.RunName;
import java.util.Optional;

/**
 * One thing a job sees.
 *
 * @param name of the input or output; {@code storage} for the team's storage
 * @param path where the job sees it, for example {@code /inputs/raw}
 * @param source the directory on the region's shared storage
 * @param ref the frozen version, {@code dst…:version}, of a dataset input
 */
public record Mount(
    RunName name, String path, String source, boolean readOnly, Optional<String> ref) {}
