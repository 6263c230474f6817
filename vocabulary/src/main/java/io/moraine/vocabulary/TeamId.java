package io.moraine.vocabulary;

/** A tenant's id: {@code te} + 12 lower alphanumerics. */
public record TeamId(String text) {
  private static final Rule RULE =
      new Rule("team id", "te[0-9a-z]{12}", "te and 12 lower-case letters or digits");

  public TeamId {
    RULE.require(text);
  }

  /** Returns a new random id. */
  public static TeamId random() {
    return new TeamId("te" + Rule.random(12));
  }

  /** Whether {@code text} has the shape of such an id. */
  public static boolean looksLike(String text) {
    return RULE.allows(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
