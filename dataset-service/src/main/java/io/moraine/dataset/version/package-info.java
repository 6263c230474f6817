/**
 * Versions: open → committing → committed, and deleting at the end of any life.
 *
 * <p>Files are put into an open version as rows of {@code staged_change} (package {@code file}
 * writes them). Entering <em>committing</em> is one transaction that fixes everything the bucket
 * will say; from then on no put is taken and the work only rolls forward ({@link
 * io.moraine.dataset.version.CommitVersion}, the one meaning of "commit"), by the request or by the
 * worker that finds it. Entering <em>deleting</em> hides the version at once.
 *
 * <p>Invariants: one version at most per (team, dataset, run, job, output) is committing or
 * committed; nothing that is held or tagged is deleted; every change of state and its event are one
 * transaction, which locks the version's row first and its dataset's event sequence last.
 */
package io.moraine.dataset.version;
