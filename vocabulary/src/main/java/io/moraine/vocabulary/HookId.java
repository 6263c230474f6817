package io.moraine.vocabulary;

/** A webhook's id: {@code hk} + 12 lower alphanumerics. */
public record HookId(String text) {
  private static final Rule RULE =
      new Rule("hook id", "hk[0-9a-z]{12}", "hk and 12 lower-case letters or digits");

  public HookId {
    RULE.require(text);
  }

  /** Returns a new random id. */
  public static HookId random() {
    return new HookId("hk" + Rule.random(12));
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
