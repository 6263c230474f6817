package io.moraine.dataset.multipart;

import io.moraine.dataset.version.VersionKey;
import io.moraine.kit.problem.Problem;

/** Every refusal of this feature. */
sealed interface MultipartProblem extends Problem {
  /** It never was, was completed or aborted, has expired, or is another team's. */
  record NoSuchUpload(String upload) implements MultipartProblem {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public String type() {
      return "multipart/no-such-upload";
    }

    @Override
    public String detail() {
      return "There is no upload %s: it was completed or aborted, nothing arrived for it for too long, or its version was committed. Begin a new one."
          .formatted(upload);
    }
  }

  /** Parts are numbered from 1 to 10,000. */
  record NoPartNumber(int number) implements MultipartProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "multipart/no-part-number";
    }

    @Override
    public String detail() {
      return "%d is no part number: they go from 1 to %d. Send larger parts."
          .formatted(number, MultipartUploads.MOST_PARTS);
    }
  }

  /** The completion names a part that is not there, or is there with other bytes. */
  record WrongPart(int number) implements MultipartProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "multipart/wrong-part";
    }

    @Override
    public String detail() {
      return "Part %d has not arrived, or has another ETag than the completion says. Nothing was changed: send the part again, then complete."
          .formatted(number);
    }
  }

  /** Parts are named once each, in order. */
  record WrongOrder(int number) implements MultipartProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "multipart/wrong-order";
    }

    @Override
    public String detail() {
      return "A completion names parts in ascending order, each once; part %d is out of it."
          .formatted(number);
    }
  }

  /** A completion without parts. */
  record NoParts(String upload) implements MultipartProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "multipart/no-parts";
    }

    @Override
    public String detail() {
      return "The completion of upload %s names no parts: it needs one at least, and at most %d."
          .formatted(upload, MultipartUploads.MOST_PARTS);
    }
  }

  /** More than a version may have. */
  record TooManyUploads(VersionKey version) implements MultipartProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "multipart/too-many-uploads";
    }

    @Override
    public String detail() {
      return "%s has %d uploads in parts under way, which is the most. Complete or abort some."
          .formatted(version, MultipartUploads.MOST_UPLOADS);
    }
  }

  /** The store lost a part's content between its put and its row. */
  record PartGone(int number) implements MultipartProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "multipart/part-gone";
    }

    @Override
    public String detail() {
      return "A content of part %d was collected while it arrived. Nothing was stored; send the part again."
          .formatted(number);
    }
  }
}
