/**
 * What workflow engines tell about their runs, and what users see of them. An event is believed for
 * the token it carries ({@link io.moraine.volume.run.RunTrust}), and its whole effect is rows: the
 * first announcement of a run writes its jobs, inputs and outputs, the first end of a job or run
 * writes how it ended; whatever comes twice or too late changes nothing. Making it so is the
 * business of {@link io.moraine.volume.reconcile}.
 */
package io.moraine.volume.run;
