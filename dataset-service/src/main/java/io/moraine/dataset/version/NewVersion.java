package io.moraine.dataset.version;

import io.moraine.events.dataset.Origin;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TagName;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The version somebody asks for.
 *
 * @param base the committed version of the same dataset that it begins as
 * @param message at most 4,096 characters
 * @param tags that the commit is to set, at most 64
 * @param origin whose output it is: there is one version of each
 */
public record NewVersion(
    Optional<DatasetRef.Selector> base,
    String message,
    List<TagName> tags,
    Optional<Origin> origin) {
  private static final int MOST_TAGS = 64;

  public NewVersion {
    requireMessage(message);
    if (tags.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("tags holds a null; leave it out.");
    }
    tags = tags.stream().distinct().sorted(java.util.Comparator.comparing(TagName::text)).toList();
    if (tags.size() > MOST_TAGS) {
      throw new IllegalArgumentException(
          tags.size() + " tags are too many; a commit sets at most " + MOST_TAGS + ".");
    }
  }

  /** Refuses what cannot be kept as a version's message. */
  static String requireMessage(String message) {
    if (message.length() > 4096) {
      throw new IllegalArgumentException(
          "The message has " + message.length() + " characters; the most is 4,096.");
    }
    if (message.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("The message holds a NUL; leave it out.");
    }
    return message;
  }
}
