package io.moraine.vocabulary;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * One grammar of section "Words" of the design: how an identifier looks, and how a new one is made.
 */
record Rule(String what, Pattern grammar, String inWords) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

  Rule(String what, String grammar, String inWords) {
    this(what, Pattern.compile(grammar), inWords);
  }

  boolean allows(String text) {
    return text != null && grammar.matcher(text).matches();
  }

  /** Returns {@code text} when it fits. */
  String require(String text) {
    if (allows(text)) {
      return text;
    }
    throw new IllegalArgumentException(
        what + " " + Quoted.of(text) + " is not valid: " + inWords + ".");
  }

  static String random(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }
}
