package io.moraine.vocabulary;

/** A storage provider's id: {@code spl} + 12 lower alphanumerics. */
public record ProviderId(String text) {
  private static final Rule RULE =
      new Rule("storage provider id", "spl[0-9a-z]{12}", "spl and 12 lower-case letters or digits");

  public ProviderId {
    RULE.require(text);
  }

  /** Returns a new random id. */
  public static ProviderId random() {
    return new ProviderId("spl" + Rule.random(12));
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
