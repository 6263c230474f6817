package io.moraine.dataset.hold;

import java.time.Instant;

/** One claim on a version. */
record Hold(String holder, Instant expiresAt) {}
