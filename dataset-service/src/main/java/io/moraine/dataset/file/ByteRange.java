package io.moraine.dataset.file;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Some bytes of a file: {@code length} from {@code offset} (RFC 9110 section 14). */
public record ByteRange(long offset, long length) {
  private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /** All of it. */
  public static ByteRange whole(long sizeBytes) {
    return new ByteRange(0, sizeBytes);
  }

  /**
   * Reads a {@code Range} header for a file of {@code sizeBytes}. Empty when it is none, or not one
   * range of bytes: such a header is to be ignored. A range of which the file has nothing is empty.
   */
  public static Optional<ByteRange> parse(String header, long sizeBytes) {
    Matcher matcher = SINGLE.matcher(header == null ? "" : header.strip());
    if (!matcher.matches() || matcher.group(1).isEmpty() && matcher.group(2).isEmpty()) {
      return Optional.empty();
    }
    if (matcher.group(1).isEmpty()) {
      long last = Math.min(Long.parseLong(matcher.group(2)), sizeBytes);
      return between(sizeBytes - last, sizeBytes - 1, sizeBytes);
    }
    long first = Long.parseLong(matcher.group(1));
    long last = matcher.group(2).isEmpty() ? sizeBytes - 1 : Long.parseLong(matcher.group(2));
    if (!matcher.group(2).isEmpty() && last < first) {
      return Optional.empty();
    }
    return between(first, Math.min(last, sizeBytes - 1), sizeBytes);
  }

  private static Optional<ByteRange> between(long first, long last, long sizeBytes) {
    return Optional.of(new ByteRange(first, first < sizeBytes ? last - first + 1 : 0));
  }

  /** Whether it names bytes that the file does not have. */
  public boolean isOutside() {
    return length == 0;
  }

  /** As {@code Content-Range} says it. */
  public String of(long sizeBytes) {
    return "bytes %d-%d/%d".formatted(offset, offset + length - 1, sizeBytes);
  }
}
