package io.moraine.dataset.rebuild;

import io.moraine.content.store.DatasetRecord;
import io.moraine.content.store.VersionRecord;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  FoundDataset without(List<VersionId> lost) {
    return new FoundDataset(
        id,
        record,
        sequence,
        versions.entrySet().stream()
            .filter(version -> !lost.contains(version.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /**
   * The versions in the order of their commits, each with a sequence of its own: the one that was
   * recorded, or the next that is free where several began in between two events.
   */
  Map<VersionId, Long> commitSequences() {
    Map<VersionId, Long> sequences = new LinkedHashMap<>();
    long last = 0;
    for (VersionId version : inOrder()) {
      last = Math.max(last + 1, versions.get(version).sequence());
      sequences.put(version, last);
    }
    return sequences;
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
