package io.moraine.cli.data;

import io.moraine.content.transfer.TransferMeter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.SystemStream;

/**
 * How far a transfer is: bytes, files, rate and time left, on standard error, for a person at a
 * terminal and for nobody else.
 */
interface Bars extends AutoCloseable {
  @Override
  void close();

  /** Shows {@code meter} on its way to so many bytes. */
  static Bars of(String task, TransferMeter meter, long files, long bytes) {
    return isTerminal()
        ? new Shown(
            task,
            bytes,
            () -> Math.min(bytes, meter.bytes()),
            () -> String.format(" %,d/%,d files", meter.files(), files))
        : () -> {};
  }

  /**
   * Shows what somebody else moves.
   *
   * @param bytes what is known of its end; negative when nothing is
   */
  static Bars of(String task, long bytes, LongSupplier done, Supplier<String> more) {
    return isTerminal() ? new Shown(task, bytes, done, more) : () -> {};
  }

  /** Whether standard error is one: where the others go is no matter. */
  static boolean isTerminal() {
    String term = System.getenv("TERM");
    return term != null
        && !term.equals("dumb")
        && new ExecTerminalProvider().isSystemStream(SystemStream.Error);
  }

  /** One bar that follows the counters. */
  final class Shown implements Bars {
    private static final int REFRESH_MILLIS = 100;
    private static final long MEGABYTE = 1_000_000;

    private final ProgressBar bar;
    private final ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "progress");
              thread.setDaemon(true);
              return thread;
            });

    Shown(String task, long bytes, LongSupplier done, Supplier<String> more) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(bytes)
              .setUnit(" MB", MEGABYTE)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(REFRESH_MILLIS)
              .showSpeed()
              .clearDisplayOnFinish()
              .build();
      clock.scheduleAtFixedRate(
          () -> {
            bar.stepTo(done.getAsLong());
            bar.setExtraMessage(more.get());
          },
          0,
          REFRESH_MILLIS,
          TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      clock.shutdownNow();
      bar.close();
    }
  }
}
