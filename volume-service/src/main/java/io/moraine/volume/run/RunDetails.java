package io.moraine.volume.run;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.VersionId;
import io.moraine.volume.reconcile.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A run as users see it.
 *
 * @param reasons why it was rejected, or failed though its work succeeded
 */
record RunDetails(
    RunName run, RunState state, String engine, List<String> reasons, List<JobDetails> jobs) {

  /** A run in a list. */
  record Line(RunName run, RunState state, String engine, Instant createdAt) {}

  /**
   * @param state {@code waiting} for jobs it needs, {@code preparing}, {@code ready}, {@code
   *     finishing}, or how it ended: {@code succeeded}, {@code failed}, {@code cancelled}
   * @param reason why it ended otherwise than its work did
   */
  record JobDetails(
      RunName job,
      int attempt,
      String state,
      Optional<String> reason,
      List<InputDetails> inputs,
      List<OutputDetails> outputs) {}

  /**
   * @param ref as it was asked for
   * @param from the output of an earlier job that it is instead
   * @param dataset with {@code version} and {@code digest}: what it was frozen to
   * @param cached whether it was seen in the cache
   * @param reason why it can never be there
   */
  record InputDetails(
      RunName name,
      String type,
      Optional<String> ref,
      Optional<String> from,
      Optional<DatasetId> dataset,
      Optional<VersionId> version,
      Optional<String> digest,
      boolean cached,
      Optional<String> reason) {}

  /**
   * @param dataset with {@code version} and {@code digest}: what it became
   * @param state of a dataset: {@code wanted, opening, open, local, uploading, stored, discarded,
   *     failed}; of a volume: its phase
   * @param reason why it failed
   */
  record OutputDetails(
      RunName name,
      String type,
      Optional<DatasetId> dataset,
      Optional<VersionId> version,
      Optional<String> digest,
      String state,
      Optional<String> reason) {}
}
