package io.moraine.events.run;

import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TagName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a job writes, at {@code /outputs/{name}}: a new version of the dataset {@code ref}, or a
 * temporary volume.
 *
 * @param message of the new version
 * @param tags that its commit sets
 * @param sizeBytes of a volume
 */
public record OutputSpec(
    SpecType type,
    Optional<DatasetRef> ref,
    Optional<String> message,
    List<TagName> tags,
    OptionalLong sizeBytes) {
  public OutputSpec {
    tags = tags == null ? List.of() : List.copyOf(tags);
  }
}
