package io.moraine.vocabulary;

/**
 * A version's id within its dataset: 7 lower alphanumerics, at least one of them a digit, so that
 * it is no word.
 */
public record VersionId(String text) {
  private static final int LENGTH = 7;
  private static final Rule RULE =
      new Rule(
          "version id",
          "(?=[a-z]*[0-9])[0-9a-z]{7}",
          "7 lower-case letters or digits, at least one a digit");

  public VersionId {
    RULE.require(text);
  }

  /** Returns a new random id. */
  public static VersionId random() {
    String text = Rule.random(LENGTH);
    while (!looksLike(text)) {
      text = Rule.random(LENGTH);
    }
    return new VersionId(text);
  }

  /** Whether {@code text} has the shape of a version id. */
  public static boolean looksLike(String text) {
    return RULE.allows(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
