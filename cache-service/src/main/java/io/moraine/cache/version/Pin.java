package io.moraine.cache.version;

import java.time.Instant;

/** A claim that keeps a version in the cache until it expires or is let go. */
record Pin(String holder, Instant expiresAt) {}
