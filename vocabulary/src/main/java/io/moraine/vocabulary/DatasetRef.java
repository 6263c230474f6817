package io.moraine.vocabulary;

import java.util.Objects;
import java.util.Optional;

/**
 * How users name a version: {@code <dataset>[:<latest, tag or version>]}, where {@code <dataset>}
 * is an id, a name, or {@code namespace/name} of a public one; or {@code <dataset>@sha256:<digest>}
 * to pin the content itself. A bare dataset means {@code latest}. Parsing decides nothing about
 * what exists.
 *
 * @param namespace the public namespace, when one was named
 * @param dataset a dataset's id or name
 * @param selector which version
 */
public record DatasetRef(Optional<String> namespace, String dataset, Selector selector) {
  private static final String DIGEST_MARK = "@sha256:";
  private static final Rule NAMESPACE =
      new Rule(
          "namespace",
          "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
          "1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit");

  /** Which version of the dataset is meant. */
  public sealed interface Selector permits Latest, Tagged, Exactly, Pinned {}

  /** The newest committed version that still exists. */
  public record Latest() implements Selector {
    @Override
    public String toString() {
      return TagName.LATEST;
    }
  }

  /** The version that a tag points at. */
  public record Tagged(TagName tag) implements Selector {
    @Override
    public String toString() {
      return tag.text();
    }
  }

  /** The version of this id. */
  public record Exactly(VersionId version) implements Selector {
    @Override
    public String toString() {
      return version.text();
    }
  }

  /** A committed version whose root digest is this one. */
  public record Pinned(Sha256 digest) implements Selector {
    @Override
    public String toString() {
      return "sha256:" + digest.hex();
    }
  }

  public DatasetRef {
    Objects.requireNonNull(namespace);
    Objects.requireNonNull(selector);
    namespace.ifPresent(NAMESPACE::require);
    if (!DatasetId.looksLike(dataset)) {
      dataset = new DatasetName(dataset).text();
    }
  }

  /** Whether {@code text} can stand in front of the slash. */
  public static boolean isNamespace(String text) {
    return NAMESPACE.allows(text);
  }

  /**
   * Parses {@code text}; an unusable one is an {@link IllegalArgumentException} that says what a
   * ref looks like.
   */
  public static DatasetRef parse(String text) {
    Objects.requireNonNull(text, "ref");
    int digest = text.indexOf(DIGEST_MARK);
    if (digest >= 0) {
      return of(
          text.substring(0, digest),
          new Pinned(Sha256.ofHex(text.substring(digest + DIGEST_MARK.length()))));
    }
    int colon = text.indexOf(':');
    return colon < 0
        ? of(text, new Latest())
        : of(text.substring(0, colon), selector(text.substring(colon + 1)));
  }

  /** Reads the part after the colon. */
  public static Selector selector(String text) {
    if (TagName.LATEST.equals(text)) {
      return new Latest();
    }
    return VersionId.looksLike(text)
        ? new Exactly(new VersionId(text))
        : new Tagged(new TagName(text));
  }

  private static DatasetRef of(String dataset, Selector selector) {
    int slash = dataset.indexOf('/');
    return slash < 0
        ? new DatasetRef(Optional.empty(), dataset, selector)
        : new DatasetRef(
            Optional.of(dataset.substring(0, slash)), dataset.substring(slash + 1), selector);
  }

  /** The ref as a user would write it; parsing it again gives an equal ref. */
  @Override
  public String toString() {
    return namespace.map(n -> n + "/").orElse("")
        + dataset
        + (selector instanceof Pinned ? "@" : ":")
        + selector;
  }
}
