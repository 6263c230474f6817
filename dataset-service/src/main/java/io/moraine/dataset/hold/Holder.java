package io.moraine.dataset.hold;

import java.util.regex.Pattern;

/** Who holds, for example {@code run:r-17:train:raw}: {@code [A-Za-z0-9][A-Za-z0-9._:-]{0,255}}. */
record Holder(String text) {
  private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,255}");

  Holder {
    if (!GRAMMAR.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "a holder is 1 to 256 letters, digits, '.', '_', ':' or '-', beginning with a letter or"
              + " digit.");
    }
  }
}
