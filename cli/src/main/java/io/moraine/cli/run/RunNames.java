package io.moraine.cli.run;

import io.moraine.vocabulary.RunName;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ThreadLocalRandom;

/** Names for runs that have none: the time, and enough chance that two at once differ. */
public final class RunNames {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final int CHANCES = 36 * 36 * 36 * 36;

  private RunNames() {}

  public static RunName next() {
    int chance = ThreadLocalRandom.current().nextInt(CHANCES);
    return new RunName(
        "r-"
            + TIME.format(LocalDateTime.now())
            + "-"
            + Integer.toString(CHANCES + chance, 36).substring(1));
  }
}
