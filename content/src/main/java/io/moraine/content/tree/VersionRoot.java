package io.moraine.content.tree;

import io.moraine.vocabulary.Sha256;
import java.util.List;
import java.util.Objects;

/**
 * A whole version in three values: the digest of its tree's root node, the number of its files and
 * the sum of their sizes in bytes. Equal files give an equal root.
 */
public record VersionRoot(Sha256 digest, long files, long bytes) {
  /**
   * The version without files. Its root node need not be stored anywhere: trees never write or load
   * it.
   */
  public static final VersionRoot EMPTY =
      new VersionRoot(Sha256.of(new Node(0, List.of()).encode()), 0, 0);

  public VersionRoot {
    Objects.requireNonNull(digest, "digest");
    if (files < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          "a version has " + files + " files and " + bytes + " bytes: neither can be negative.");
    }
  }
}
