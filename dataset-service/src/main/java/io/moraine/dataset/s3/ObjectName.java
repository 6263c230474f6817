package io.moraine.dataset.s3;

import io.moraine.dataset.version.Versions;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import java.util.Optional;

/**
 * What a bucket and a key name: a file in a version.
 *
 * @param version by id, tag or {@code latest}
 */
record ObjectName(DatasetRef version, FilePath path) {
  private static final char SLASH = '/';

  /** None when no file can have this name. */
  static Optional<ObjectName> parse(String bucket, String key) {
    try {
      return Optional.of(of(bucket, key));
    } catch (IllegalArgumentException | ProblemException e) {
      return Optional.empty();
    }
  }

  /** The file to change; fails with a refusal that says what is wrong with the name. */
  static ObjectName writable(String bucket, String key) {
    ObjectName name;
    try {
      name = of(bucket, key);
    } catch (IllegalArgumentException | ProblemException e) {
      throw Refusal.invalidArgument("The key is not {version}/{path}: " + e.getMessage());
    }
    if (name.version.selector() instanceof DatasetRef.Exactly) {
      return name;
    }
    throw Refusal.accessDenied(
        name.version.selector()
            + " names a committed version, whose files never change. Make a version (POST"
            + " /datasets/"
            + bucket
            + "/versions) and write to {its id}/{path}.");
  }

  private static ObjectName of(String bucket, String key) {
    int slash = key.indexOf(SLASH);
    if (slash < 0) {
      throw new IllegalArgumentException("there is no path behind a version.");
    }
    return new ObjectName(
        Versions.ref(bucket, key.substring(0, slash)), FilePath.of(key.substring(slash + 1)));
  }

  /** The version of {@code key}, and what stands behind its slash. */
  record Split(String version, String rest) {}

  /** None when no slash says where the version ends. */
  static Optional<Split> split(String key) {
    int slash = key.indexOf(SLASH);
    return slash < 0
        ? Optional.empty()
        : Optional.of(new Split(key.substring(0, slash), key.substring(slash + 1)));
  }
}
