package io.moraine.dataset.hook;

import io.moraine.dataset.imports.SourceSpec;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.HookId;
import io.moraine.vocabulary.TagName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A hook as it is shown.
 *
 * @param source its secrets are masked
 * @param path below the service's URL: where the deliveries go
 * @param secret what signs them, in the answer that makes the hook alone
 */
public record Hook(
    HookId id,
    DatasetId dataset,
    SourceSpec source,
    String message,
    List<TagName> tags,
    Optional<String> base,
    Optional<String> directory,
    String path,
    Optional<String> secret,
    Instant dtCreated) {
  Hook with(String shownSecret) {
    return new Hook(
        id,
        dataset,
        source,
        message,
        tags,
        base,
        directory,
        path,
        Optional.of(shownSecret),
        dtCreated);
  }
}
