package io.moraine.vocabulary;

/**
 * What a workflow engine calls a run, a job, an input or an output: {@code
 * [A-Za-z0-9][A-Za-z0-9._-]{0,127}}, so that it can be one segment of a path. A run is known by its
 * team and this name.
 */
public record RunName(String text) {
  private static final Rule RULE =
      new Rule(
          "name",
          "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
          "1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit");

  /** The job of a run that names none. */
  public static final RunName MAIN = new RunName("main");

  public RunName {
    RULE.require(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
