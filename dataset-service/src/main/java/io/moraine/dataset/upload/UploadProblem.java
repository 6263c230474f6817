package io.moraine.dataset.upload;

import io.moraine.content.format.ContentId;
import io.moraine.kit.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every refusal of this feature. */
sealed interface UploadProblem extends Problem {
  /** An object that was said to be there. */
  record NotThere(UploadObject object) implements UploadProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "upload/not-there";
    }

    @Override
    public String detail() {
      return "The bucket does not have the %s. Upload it, then say again that it is there."
          .formatted(object);
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("object", object);
    }
  }

  /** An object that took too long to read. */
  record TooSlow(UploadObject object, Duration longest) implements UploadProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "upload/too-slow";
    }

    @Override
    public String detail() {
      return "The bucket took more than %d min to hand out the %s. Nothing of it was recorded; say again that it is there."
          .formatted(longest.toMinutes(), object);
    }
  }

  /** An object that is not what was said of it, or that it says itself. */
  record NotWhatItSays(UploadObject object, String reason) implements UploadProblem {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "upload/not-what-it-says";
    }

    @Override
    public String detail() {
      return "The %s is not what it says: %s. Nothing of it was recorded; make it anew."
          .formatted(object, reason);
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("object", object);
    }
  }

  /** Contents that are wanted and that the store does not have. */
  record NoSuchContents(List<ContentId> contents) implements UploadProblem {
    private static final int MOST_NAMED = 100;

    @Override
    public int status() {
      return 404;
    }

    @Override
    public String type() {
      return "content/not-found";
    }

    @Override
    public String detail() {
      return "The store does not have %s, nor %d others. Take the names from a version's files."
          .formatted(contents.get(0).text(), contents.size() - 1);
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("missing", contents.stream().limit(MOST_NAMED).map(ContentId::text).toList());
    }
  }
}
