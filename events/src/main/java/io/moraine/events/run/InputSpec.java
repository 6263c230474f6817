package io.moraine.events.run;

import io.moraine.vocabulary.DatasetRef;
import java.util.List;
import java.util.Optional;

/**
 * What a job reads, at {@code /inputs/{name}}: a dataset version by {@code ref}, or what an earlier
 * job wrote by {@code from} ({@code job.output}).
 *
 * @param paths globs of the files that are wanted; empty means all, and nothing else is taken yet:
 *     a run that names some is rejected with the reason
 */
public record InputSpec(
    SpecType type, Optional<DatasetRef> ref, Optional<String> from, List<String> paths) {
  public InputSpec {
    paths = paths == null ? List.of() : List.copyOf(paths);
  }
}
