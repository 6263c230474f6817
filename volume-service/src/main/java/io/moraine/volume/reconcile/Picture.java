package io.moraine.volume.reconcile;

import io.moraine.volume.mount.RunKey;

/**
 * A run at one moment.
 *
 * @param revision counts what was told of it
 */
record Picture(RunKey run, long revision, Desired desired, Observed observed) {}
