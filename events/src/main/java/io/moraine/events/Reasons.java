package io.moraine.events;

import java.util.List;

/**
 * What events say of failures fits into an event, however much there is to say. Limits as in the
 * schemas.
 */
public final class Reasons {
  private static final int LONGEST = 4096;

  /** Six bytes a character at most, in JSON: together below {@link EventCodec#MAX_BYTES}. */
  private static final int MOST = 30;

  private static final String CUT = " …";

  private Reasons() {}

  /** The reason, or its first 4,096 characters. */
  public static String fitting(String reason) {
    if (reason.length() <= LONGEST) {
      return reason;
    }
    int end = LONGEST - CUT.length();
    boolean halvesCharacter = Character.isHighSurrogate(reason.charAt(end - 1));
    return reason.substring(0, halvesCharacter ? end - 1 : end) + CUT;
  }

  /** The first 30 reasons, each {@link #fitting(String)}. */
  public static List<String> fitting(List<String> reasons) {
    return reasons.stream().limit(MOST).map(Reasons::fitting).toList();
  }
}
