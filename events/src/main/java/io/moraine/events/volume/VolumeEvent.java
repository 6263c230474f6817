package io.moraine.events.volume;

import io.moraine.events.Event;

/**
 * What happened to runs' mounts and to volumes: topic {@code moraine.volumes}, produced by
 * volume-service.
 */
public sealed interface VolumeEvent extends Event
    permits JobReady, JobEnded, RunRejected, VolumeProvisioned, VolumeReleased, VolumeFailed {}
