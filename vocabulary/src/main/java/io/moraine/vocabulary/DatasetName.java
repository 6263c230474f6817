package io.moraine.vocabulary;

import java.util.Set;

/**
 * A dataset's name, unique in its team: {@code [a-z0-9][a-z0-9._-]{0,127}}, never shaped like a
 * {@link DatasetId} and never a word that the paths under {@code /datasets} already use.
 */
public record DatasetName(String text) {
  private static final Rule RULE =
      new Rule(
          "dataset name",
          "[a-z0-9][a-z0-9._-]{0,127}",
          "1 to 128 lower-case letters, digits, '.', '_' or '-', beginning with a letter or digit");
  private static final Set<String> RESERVED =
      Set.of("ref", "versions", "tags", "files", "uploads", "imports", "diff");

  public DatasetName {
    RULE.require(text);
    if (RESERVED.contains(text)) {
      throw new IllegalArgumentException(
          "dataset name \"" + text + "\" is reserved; choose another name.");
    }
    if (DatasetId.looksLike(text)) {
      throw new IllegalArgumentException(
          "dataset name \"" + text + "\" is shaped like a dataset id; choose another name.");
    }
  }

  /** Whether {@code text} could be a dataset's name. */
  public static boolean looksLike(String text) {
    return RULE.allows(text) && !RESERVED.contains(text) && !DatasetId.looksLike(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
