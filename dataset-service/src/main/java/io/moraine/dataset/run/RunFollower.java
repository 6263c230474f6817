package io.moraine.dataset.run;

import io.moraine.events.volume.JobEnded;
import io.moraine.events.volume.JobReady;
import io.moraine.events.volume.RunRejected;
import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Uni;

/**
 * Who writes down what is heard of runs: all of them in the transaction in which an event counts as
 * heard. Thread-safe; never blocks.
 */
public interface RunFollower {
  /** The job may start, with these inputs. */
  Uni<Void> ready(Transaction tx, JobReady event);

  /** The job has ended, or never started. */
  Uni<Void> ended(Transaction tx, JobEnded event);

  /** The run was refused; its jobs end as well, and say so. */
  default Uni<Void> rejected(Transaction tx, RunRejected event) {
    return Uni.createFrom().voidItem();
  }
}
