package io.moraine.volume.reconcile;

/** How long a hold or a pin lasts unless it is renewed. */
record Lease(long expiresInSeconds) {}
