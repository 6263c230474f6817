package io.moraine.dataset.paging;

import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.FilePath;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Where lists in order of path begin and go on. */
public final class PathCursor {
  /** The smallest name there can be. */
  private static final String FIRST_NAME = "\u0001";

  private PathCursor() {}

  /** The cursor of a page that ended with {@code last}. */
  public static String encode(String last) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(last.getBytes(StandardCharsets.UTF_8));
  }

  /** What the page ended with that gave {@code cursor}; maybe nothing that a page ends with. */
  public static Optional<String> decode(String cursor) {
    try {
      return Optional.of(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The refusal (400) of what no page gave. */
  public static RuntimeException refused() {
    return new RequestProblem.Invalid("The cursor is not one that a page gave as nextCursor.")
        .exception();
  }

  /** The path, if it is one. */
  public static Optional<FilePath> path(String text) {
    try {
      return Optional.of(FilePath.of(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The first path that can begin with {@code prefix}; none when no path can. */
  public static Optional<FilePath> first(String prefix) {
    return path(prefix).or(() -> path(prefix + FIRST_NAME));
  }
}
