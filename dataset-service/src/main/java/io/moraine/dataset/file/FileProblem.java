package io.moraine.dataset.file;

import io.moraine.content.format.ContentId;
import io.moraine.dataset.version.VersionKey;
import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.FilePath;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every refusal of this feature. */
sealed interface FileProblem extends Problem {
  /** More uploads than there is memory for. */
  record TooManyUploads(Duration waited) implements FileProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "file/too-many-uploads";
    }

    @Override
    public String detail() {
      return "Other uploads have used all the memory there is for them for %d s. Nothing was stored; try again."
          .formatted(waited.toSeconds());
    }
  }

  /** The body is not what its length announced, or broke off. */
  record BodyIncomplete(String reason) implements FileProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "file/body-incomplete";
    }

    @Override
    public String detail() {
      return "The body did not arrive whole (%s). Nothing was stored; send it again."
          .formatted(reason);
    }
  }

  /** Entries whose contents are not there, or were collected before they were staged. */
  record ContentsMissing(VersionKey version, List<ContentId> contents) implements FileProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "file/contents-missing";
    }

    @Override
    public String detail() {
      return "The store of %s does not have %s, nor %d others that are named. Upload them, then send the entries again."
          .formatted(version, contents.get(0).text(), contents.size() - 1);
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("missing", contents.stream().map(ContentId::text).toList());
    }
  }

  /** An entry says another size than its content has. */
  record WrongSize(ContentId content, long claimedBytes, long storedBytes) implements FileProblem {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "file/wrong-size";
    }

    @Override
    public String detail() {
      return "An entry needs %s to have %d bytes, but it has %d. Hash the file again, then send its entry again."
          .formatted(content.text(), claimedBytes, storedBytes);
    }
  }

  /** What an entry names as its list of pieces is none. */
  record NoList(ContentId content, String reason) implements FileProblem {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "file/no-list";
    }

    @Override
    public String detail() {
      return "An entry names %s as its list of pieces, but that is none: %s. Make the list anew, upload it, then send the entry again."
          .formatted(content.text(), reason);
    }
  }

  /** A line of a stream that is no entry. */
  record BadLine(long number, String reason) implements FileProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "file/bad-line";
    }

    @Override
    public String detail() {
      return "Line %d is no entry: %s Lines long before it are staged; mend it and send the rest again."
          .formatted(number, reason);
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("line", number);
    }
  }

  /** What was staged goes when a commit ends: a list of it may lack some. */
  record CommittedMeanwhile(VersionKey version) implements FileProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "file/committed-meanwhile";
    }

    @Override
    public String detail() {
      return "%s was committed while its files were listed. List them again.".formatted(version);
    }
  }

  /** Files can be copied only where they cannot change. */
  record SourceNotCommitted(VersionKey version) implements FileProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "file/source-not-committed";
    }

    @Override
    public String detail() {
      return "%s is not committed, so its files may still change. Commit it, then copy from it."
          .formatted(version);
    }
  }

  /** Contents are shared within one store only. */
  record OtherStore(VersionKey from, VersionKey to) implements FileProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "file/other-store";
    }

    @Override
    public String detail() {
      return "%s and %s lie with different storage providers. Pull the files and push them instead."
          .formatted(from, to);
    }
  }

  /** A writer expects another file at a path, or none. */
  record NotAsExpected(VersionKey version, FilePath path, String etag) implements FileProblem {
    @Override
    public int status() {
      return 412;
    }

    @Override
    public String type() {
      return "file/not-as-expected";
    }

    @Override
    public String detail() {
      return "%s in %s is there, with the ETag \"%s\", and the request says that it must not be so. Nothing was changed; look at the file, then decide again."
          .formatted(path, version, etag);
    }
  }

  /** Another writer was faster with a path that this one had found as it expected. */
  record ChangedMeanwhile(VersionKey version, FilePath path) implements FileProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "file/changed-meanwhile";
    }

    @Override
    public String detail() {
      return "%s in %s was changed by another request meanwhile. Nothing was changed by this one; send it again."
          .formatted(path, version);
    }
  }

  /** A range that begins after the file's end. */
  record RangeOutside(String range, long sizeBytes) implements FileProblem {
    @Override
    public int status() {
      return 416;
    }

    @Override
    public String type() {
      return "file/range-outside";
    }

    @Override
    public String detail() {
      return "The file has %d bytes: there is nothing at %s.".formatted(sizeBytes, range);
    }
  }
}
