package io.moraine.dataset.file;

import io.moraine.kit.problem.Problem;
import java.time.Duration;

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
