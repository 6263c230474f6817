package io.moraine.dataset.content;

import io.moraine.kit.problem.Problem;
import java.util.Map;

/** Every refusal of this feature. */
sealed interface ContentProblem extends Problem {
  /** A bucket does not answer, or has enough to do. */
  record Unavailable(String bucket) implements ContentProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "provider/unavailable";
    }

    @Override
    public String detail() {
      return "%s does not answer, or is busy. Nothing was changed, and what lies elsewhere is not concerned; try again in a moment."
          .formatted(bucket);
    }
  }

  /** A bucket answers, but not with what was asked. */
  record Refused(String bucket, String id) implements ContentProblem {
    @Override
    public int status() {
      return 502;
    }

    @Override
    public String type() {
      return "provider/refused";
    }

    @Override
    public String detail() {
      return "%s refused what was asked of it; the log has it under %s. Look at its keys and what they permit: POST /storageProviders/{id}/probe tries them."
          .formatted(bucket, id);
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("instance", "urn:uuid:" + id);
    }
  }

  /**
   * An object is another, or gone, that contents are read from since they were imported by
   * reference.
   */
  record SourceChanged(SourceObject object) implements ContentProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "content/source-changed";
    }

    @Override
    public String detail() {
      return "The object %s in the bucket of storage provider %s was imported by reference and has changed since, or is gone: nobody has the bytes that it had. Put back the one with the ETag %s, or push the files that came from it anew."
          .formatted(object.object().key(), object.provider(), object.object().etag());
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("storageProvider", object.provider(), "key", object.object().key());
    }
  }

  /** An object is wanted again that is just going. */
  record BeingDeleted(String object) implements ContentProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "content/being-deleted";
    }

    @Override
    public String detail() {
      return "The object %s was garbage and is just being deleted. Nothing was changed; try again in a moment."
          .formatted(object);
    }
  }
}
