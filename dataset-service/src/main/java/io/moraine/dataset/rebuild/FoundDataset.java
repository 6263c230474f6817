package io.moraine.dataset.rebuild;

import io.moraine.content.store.DatasetRecord;
import io.moraine.content.store.VersionRecord;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A dataset as its bucket knows it.
 *
 * @param record the last of it; none if the database was lost before the first was written
 * @param sequence of that record
 * @param versions committed ones without a tombstone
 */
record FoundDataset(
    DatasetId id,
    Optional<DatasetRecord> record,
    long sequence,
    Map<VersionId, VersionRecord> versions) {
  /** The same without those that cannot be brought back. */
  FoundDataset without(Set<VersionId> lost) {
    return new FoundDataset(
        id,
        record,
        sequence,
        versions.entrySet().stream()
            .filter(version -> !lost.contains(version.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /**
   * A version as it is brought back.
   *
   * @param edited its message, where that was edited after the commit
   * @param commitSequence a sequence of its own: the one that was recorded, or the next that is
   *     free where several began in between two events
   */
  record Found(VersionId id, VersionRecord record, Optional<String> edited, long commitSequence) {}

  /** The versions, the last commit first: where only one can be, the later was acknowledged. */
  List<Found> newestFirst() {
    Map<VersionId, String> edited = record.map(DatasetRecord::messages).orElse(Map.of());
    List<Found> found = new ArrayList<>();
    long last = 0;
    for (VersionId version : inOrder()) {
      last = Math.max(last + 1, versions.get(version).sequence());
      found.add(
          new Found(
              version, versions.get(version), Optional.ofNullable(edited.get(version)), last));
    }
    Collections.reverse(found);
    return found;
  }

  /** The highest of them; 0 without versions. */
  long lastCommitSequence() {
    return newestFirst().stream().mapToLong(Found::commitSequence).max().orElse(0);
  }

  /** What points where, as the last record says. */
  List<Map.Entry<TagName, VersionId>> tags() {
    return List.copyOf(record.map(DatasetRecord::tags).orElse(Map.of()).entrySet());
  }

  private List<VersionId> inOrder() {
    return versions.entrySet().stream()
        .sorted(
            Map.Entry.comparingByValue(
                Comparator.comparing(VersionRecord::sequence).thenComparing(VersionRecord::time)))
        .map(Map.Entry::getKey)
        .toList();
  }
}
