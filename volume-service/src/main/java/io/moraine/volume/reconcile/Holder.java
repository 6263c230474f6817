package io.moraine.volume.reconcile;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.volume.mount.RunKey;
import java.nio.charset.StandardCharsets;

/** In whose name a version is held and pinned: an input of a job of a run. */
final class Holder {
  /** The longest name that dataset-service and cache-service take. */
  private static final int MOST_CHARACTERS = 256;

  private Holder() {}

  static String of(RunKey run, RunName job, RunName input) {
    String name = run.run() + ":" + job + ":" + input;
    String holder = "run:" + name;
    return holder.length() <= MOST_CHARACTERS
        ? holder
        : "run:sha256:" + Sha256.of(name.getBytes(StandardCharsets.US_ASCII)).hex();
  }
}
