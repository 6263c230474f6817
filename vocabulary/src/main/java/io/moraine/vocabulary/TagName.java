package io.moraine.vocabulary;

/**
 * A movable name for one committed version: {@code [a-z0-9][a-z0-9._-]{0,127}}, never {@code
 * latest} (which is resolved, not set) and never shaped like a {@link VersionId}.
 */
public record TagName(String text) {
  /** The reserved selector: the newest committed version that still exists. */
  public static final String LATEST = "latest";

  private static final Rule RULE =
      new Rule(
          "tag",
          "[a-z0-9][a-z0-9._-]{0,127}",
          "1 to 128 lower-case letters, digits, '.', '_' or '-', beginning with a letter or digit");

  public TagName {
    RULE.require(text);
    if (text.equals(LATEST)) {
      throw new IllegalArgumentException(
          "tag \"latest\" is reserved: it always names the newest committed version.");
    }
    if (VersionId.looksLike(text)) {
      throw new IllegalArgumentException(
          "tag \"" + text + "\" is shaped like a version id; choose another name.");
    }
  }

  /** Whether {@code text} could be a tag. */
  public static boolean looksLike(String text) {
    return RULE.allows(text) && !text.equals(LATEST) && !VersionId.looksLike(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
