package io.moraine.dataset.imports;

import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;

/** Ends imports that nobody wants any more. Thread-safe; never blocks. */
@ApplicationScoped
class CancelImport {
  private final ImportStore store;
  private final ImportMetrics metrics;
  private final Event<ImportsWaiting> hint;

  CancelImport(ImportStore store, ImportMetrics metrics, Event<ImportsWaiting> hint) {
    this.store = store;
    this.metrics = metrics;
    this.hint = hint;
  }

  /**
   * Has it end soon, without a version; again changes nothing. Fails with a 409 when it is
   * committing or has ended otherwise.
   */
  Uni<Import> of(DatasetId dataset, String id) {
    return store
        .cancel(dataset, id)
        .chain(
            cancelled ->
                cancelled
                    .map(found -> Uni.createFrom().item(found).invoke(this::count))
                    .orElseGet(() -> find(dataset, id).invoke(CancelImport::requireCancelled)))
        .invoke(() -> hint.fire(new ImportsWaiting()));
  }

  /** Of one that nobody had begun this was the end. */
  private void count(Import cancelled) {
    if (cancelled.state() == ImportState.CANCELLED) {
      metrics.ended(ImportState.CANCELLED);
    }
  }

  /** The import; fails with a 404 when there is none. */
  Uni<Import> find(DatasetId dataset, String id) {
    return store
        .find(dataset, id)
        .map(
            found ->
                found.orElseThrow(() -> new RequestProblem.NotFound("import", id).exception()));
  }

  private static void requireCancelled(Import found) {
    if (found.state() != ImportState.CANCELLED) {
      throw new ImportProblem.TooLate(found.id(), found.state()).exception();
    }
  }
}
