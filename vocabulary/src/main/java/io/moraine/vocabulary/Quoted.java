package io.moraine.vocabulary;

/** Hostile text made fit for a message: one line, printable, at most 80 characters. */
final class Quoted {
  private static final int MAX_SHOWN = 80;

  private Quoted() {}

  static String of(String text) {
    if (text == null) {
      return "(none)";
    }
    StringBuilder shown = new StringBuilder("\"");
    text.codePoints()
        .limit(MAX_SHOWN)
        .forEach(
            c -> {
              if (Character.isISOControl(c) || !Character.isDefined(c) || c == '"') {
                shown.append(String.format("\\u%04x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    if (text.codePointCount(0, text.length()) > MAX_SHOWN) {
      shown.append("…");
    }
    return shown.append('"').toString();
  }
}
