package io.moraine.vocabulary;

/** An import's id: {@code im} + 12 lower alphanumerics. */
public record ImportId(String text) {
  private static final Rule RULE =
      new Rule("import id", "im[0-9a-z]{12}", "im and 12 lower-case letters or digits");

  public ImportId {
    RULE.require(text);
  }

  /** Returns a new random id. */
  public static ImportId random() {
    return new ImportId("im" + Rule.random(12));
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
