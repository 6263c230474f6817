/**
 * Gradient workflows, as far as storage goes: a spec becomes a run event ({@code RunStarted}), with
 * which volume-service freezes the refs, mounts the inputs and makes the outputs. What a job does
 * is no business of ours: an engine runs it and says on {@code moraine.runs} how it ended. So a run
 * shows what volume-service says of it, that it was refused, which jobs may start, what their
 * inputs were frozen to and how they ended; and which outputs are committed. Strings are the
 * engine's: it finds them in the run's spec.
 */
package io.moraine.dataset.workflow;
