package io.moraine.cli.demo;

import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import picocli.CommandLine.Help.Ansi;

/** What the demo says: a line with its time for each step, bars only for a person at a terminal. */
final class Narration {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int REFRESH_MILLIS = 100;

  private final PrintWriter out;
  private final long begin = System.nanoTime();
  private long lap = begin;

  Narration(PrintWriter out) {
    this.out = out;
  }

  void say(String line) {
    out.println(line);
    out.flush();
  }

  /** Ends a step, with the time since the step before. */
  void done(String step, String what, Object... values) {
    long now = System.nanoTime();
    String text = String.format(Locale.ROOT, what, values);
    say(
        String.format(
            Locale.ROOT, "  ✓ %-9s %5.1f s  %s", step, (now - lap) / NANOS_PER_SECOND, text));
    lap = now;
  }

  double totalSeconds() {
    return (System.nanoTime() - begin) / NANOS_PER_SECOND;
  }

  /** How far a long step is. */
  interface Progress extends AutoCloseable {
    /** One of many is done. Thread-safe. */
    void step();

    @Override
    void close();
  }

  Progress progress(String step, int of) {
    return Ansi.AUTO.enabled() ? new Bar(step, of) : new Silent();
  }

  private static final class Bar implements Progress {
    private final ProgressBar bar;

    Bar(String step, int of) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("    " + step)
              .setInitialMax(of)
              .setUpdateIntervalMillis(REFRESH_MILLIS)
              .clearDisplayOnFinish()
              .build();
    }

    @Override
    public void step() {
      bar.step();
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  private static final class Silent implements Progress {
    @Override
    public void step() {
      // Nobody watches: the step's own line says it all.
    }

    @Override
    public void close() {
      // Nothing was shown.
    }
  }
}
