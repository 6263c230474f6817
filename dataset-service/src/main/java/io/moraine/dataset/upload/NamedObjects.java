package io.moraine.dataset.upload;

import io.moraine.kit.problem.RequestProblem;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The body of a request about objects: up to 1,000. */
record NamedObjects(Optional<List<UploadObject>> objects) {
  private static final int MOST = 1_000;

  /** 400 when there are none or too many. */
  static List<UploadObject> of(NamedObjects body) {
    List<UploadObject> objects =
        RequestProblem.required(body)
            .objects()
            .filter(all -> all.stream().allMatch(Objects::nonNull))
            .orElseThrow(() -> new RequestProblem.Invalid("objects is missing.").exception());
    if (objects.size() > MOST) {
      throw new RequestProblem.Invalid(
              "%d objects are too many for one request; the most is %d."
                  .formatted(objects.size(), MOST))
          .exception();
    }
    return objects.stream().distinct().toList();
  }
}
