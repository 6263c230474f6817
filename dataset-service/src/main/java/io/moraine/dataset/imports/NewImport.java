package io.moraine.dataset.imports;

import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TagName;
import java.util.List;
import java.util.Optional;

/**
 * The import somebody asks for.
 *
 * @param source valid: {@link ImportSource#of} takes it
 * @param message the first lines of the version's; where it came from follows
 * @param onLatest whether the files are laid over those of the newest version
 * @param directory below which they lie in the version; empty for its root
 */
public record NewImport(
    SourceSpec source, String message, List<TagName> tags, boolean onLatest, String directory) {
  /** Leaves room below a version's 4,096 for where it came from. */
  private static final int LONGEST_MESSAGE = 2_000;

  private static final int MOST_TAGS = 64;

  public NewImport {
    ImportSource.of(source);
    tags = tags.stream().distinct().toList();
    if (message.length() > LONGEST_MESSAGE || message.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "The message of an import has at most 2,000 characters, and no NUL.");
    }
    if (tags.size() > MOST_TAGS) {
      throw new IllegalArgumentException(
          tags.size() + " tags are too many; a commit sets at most " + MOST_TAGS + ".");
    }
    if (!directory.isEmpty()) {
      FilePath.of(directory);
    }
  }

  /**
   * Reads what requests say.
   *
   * @param base latest, or none
   */
  public static NewImport of(
      Optional<SourceSpec> source,
      Optional<String> message,
      Optional<List<TagName>> tags,
      Optional<String> base,
      Optional<String> directory) {
    SourceSpec spec =
        source.orElseThrow(
            () -> new IllegalArgumentException("source is missing: where is it to come from?"));
    if (base.filter(b -> !b.equals("latest") && !b.equals("none")).isPresent()) {
      throw new IllegalArgumentException("base is latest or none.");
    }
    return new NewImport(
        spec,
        message.orElse(""),
        tags.orElse(List.of()),
        base.filter("latest"::equals).isPresent(),
        directory.orElse("").replaceAll("^/+|/+$", ""));
  }
}
