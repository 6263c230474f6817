package io.moraine.events.cache;

import io.moraine.events.Event;

/** What happened in a team's cache: topic {@code moraine.cache}, produced by cache-service. */
public sealed interface CacheEvent extends Event
    permits VersionCached, VersionEvicted, OutputCommitted, OutputFailed {}
