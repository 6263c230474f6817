package io.moraine.dataset.version;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Every refusal of this feature. */
public sealed interface VersionProblem extends Problem {
  /** Something that only an open version takes. */
  record NotOpen(VersionKey version, VersionState state) implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/not-open";
    }

    @Override
    public String detail() {
      return "%s is %s: its files cannot change any more. Create a new version and put them there."
          .formatted(version, state.text());
    }
  }

  /**
   * Files that somebody was given URLs for and that never arrived.
   *
   * @param first the first of them
   */
  record FilesMissing(VersionKey version, long count, List<FilePath> first)
      implements VersionProblem {
    private static final int SHOWN = 3;

    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/files-missing";
    }

    @Override
    public String detail() {
      return "%s: %s never arrived: %s%s. Upload them again, or give them up with DELETE /datasets/%s/versions/%s/files/{path}; then commit again."
          .formatted(
              version,
              count == 1 ? "1 announced file" : count + " announced files",
              first.stream().limit(SHOWN).map(FilePath::quoted).collect(Collectors.joining(", ")),
              count > SHOWN ? " and %d more".formatted(count - SHOWN) : "",
              version.dataset(),
              version.version());
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("missing", first.stream().map(FilePath::toString).toList());
    }
  }

  /** A message cannot change while the commit writes it down. */
  record BeingCommitted(VersionKey version) implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/being-committed";
    }

    @Override
    public String detail() {
      return "%s is being committed. Try again when its state is committed. One that does not come to its end can be deleted 15 minutes after its commit began."
          .formatted(version);
    }
  }

  /** There is no way back from a commit. */
  record NoWayBack(VersionKey version, VersionState state) implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/no-way-back";
    }

    @Override
    public String detail() {
      return "%s is %s and cannot be opened again. Create a new version to change its files."
          .formatted(version, state.text());
    }
  }

  /** Another version is the output already. */
  record OutputTaken(VersionKey version, VersionKey winner) implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/output-taken";
    }

    @Override
    public String detail() {
      return "%s was the first for this run, job and output, so %s stays a draft: use or delete it."
          .formatted(winner, version);
    }
  }

  /** Only what cannot change any more can be begun from. */
  record BaseNotCommitted(VersionKey base) implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/base-not-committed";
    }

    @Override
    public String detail() {
      return "%s is not committed, so nothing can begin as it. Commit it first, or name another base."
          .formatted(base);
    }
  }

  /** A version begins as one of its own dataset. */
  record BaseOfAnother(VersionKey base, DatasetId dataset) implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/base-of-another";
    }

    @Override
    public String detail() {
      return "%s is of another dataset than %s. Make a version without a base, and copy its files: POST …/files:copy."
          .formatted(base, dataset);
    }
  }

  /** A file and a directory of one name. */
  record FileAndDirectory(VersionKey version, FilePath file, FilePath below)
      implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/file-and-directory";
    }

    @Override
    public String detail() {
      return "%s cannot have both %s and %s: the first would be a file and a directory. Delete one."
          .formatted(version, file, below);
    }
  }

  /** Somebody needs it. */
  record Held(VersionKey version, List<String> holders) implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/held";
    }

    @Override
    public String detail() {
      return "%s is held by %s. Delete it when they have let go."
          .formatted(version, String.join(", ", holders));
    }
  }

  /** A name points at it. */
  record Tagged(VersionKey version, List<String> tags) implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "version/tagged";
    }

    @Override
    public String detail() {
      return "%s is what the tag %s points at. Move or delete the tag first."
          .formatted(version, String.join(", ", tags));
    }
  }
}
