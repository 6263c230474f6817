package io.moraine.content.file;

import java.io.IOException;

/** A stream ended before, or went on after, the length that was announced for it. */
public final class WrongLengthException extends IOException {
  private static final long serialVersionUID = 1;

  public WrongLengthException(long announcedBytes, String found) {
    super("the file was announced with " + announcedBytes + " bytes, but " + found + ".");
  }
}
