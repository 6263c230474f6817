/**
 * {@code moraine run}: a run of one job as a workflow engine would make it ({@link
 * io.moraine.cli.run.LocalRun}), whose work is a process on this machine ({@link
 * io.moraine.cli.run.LocalJob}), in a root of its own where bubblewrap can make one ({@link
 * io.moraine.cli.run.Sandbox}). However the command ends, the run is told to Kafka as finished.
 */
package io.moraine.cli.run;
