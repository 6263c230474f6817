/**
 * Makes runs so. {@link io.moraine.volume.reconcile.Reconciler} loads what was told of a run
 * ({@code Desired}) and what is known to be there ({@code Observed}), the pure {@code Plan} says
 * which steps lead from one to the other, {@code Steps} takes them and writes down what it saw, and
 * so on until a plan is empty or stays the same, which means waiting. Every step may be repeated
 * and a crash after any of them loses nothing. Events only say that it is worth looking again.
 *
 * <p>Invariants: a ref is resolved for a job once and its version is held until the run's end; a
 * job gets one JobReady; outputs are sealed only for a job that was ready and succeeded; holds,
 * pins and volumes go only after the last job has ended.
 */
package io.moraine.volume.reconcile;
