package io.moraine.vocabulary;

/** A dataset's id: {@code dst} + 12 lower alphanumerics. */
public record DatasetId(String text) {
  private static final Rule RULE =
      new Rule("dataset id", "dst[0-9a-z]{12}", "dst and 12 lower-case letters or digits");

  public DatasetId {
    RULE.require(text);
  }

  /** Returns a new random id. */
  public static DatasetId random() {
    return new DatasetId("dst" + Rule.random(12));
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
