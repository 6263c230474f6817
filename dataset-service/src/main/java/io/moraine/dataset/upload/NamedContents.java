package io.moraine.dataset.upload;

import io.moraine.content.format.ContentId;
import io.moraine.kit.problem.RequestProblem;
import java.util.List;
import java.util.Optional;

/** The body of a request about contents: up to 10,000 names. */
record NamedContents(Optional<List<String>> contents) {
  private static final int MOST = 10_000;

  /** 400 when there are none, too many, or one that is no name. */
  static List<ContentId> of(NamedContents body) {
    List<String> names =
        RequestProblem.required(body)
            .contents()
            .orElseThrow(() -> new RequestProblem.Invalid("contents is missing.").exception());
    if (names.size() > MOST) {
      throw new RequestProblem.Invalid(
              "%d contents are too many for one request; the most is %d."
                  .formatted(names.size(), MOST))
          .exception();
    }
    try {
      return names.stream().distinct().map(ContentId::parse).toList();
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new RequestProblem.Invalid("contents holds no name of a content: " + e.getMessage())
          .exception();
    }
  }
}
