package io.moraine.cli.client;

import java.util.Locale;

/** Bytes for people: decimal, as disks are sold. */
public final class ByteSize {
  private static final String UNITS = "kMGTPE";

  private ByteSize() {}

  /** For example {@code 0 B}, {@code 34.0 kB}, {@code 1.3 MB}. */
  public static String of(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.95) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %sB", value, UNITS.charAt(unit));
  }
}
