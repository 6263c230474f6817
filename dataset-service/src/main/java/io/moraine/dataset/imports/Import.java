package io.moraine.dataset.imports;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.ImportId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An import as it is shown.
 *
 * @param source its secrets are masked
 * @param base latest, or absent
 * @param directory below which its files lie in the version; absent for the version's root
 * @param revision what the source was found to be: an ETag, or a commit's id
 * @param version what it became, once it is done
 * @param reason why it failed, or why it is tried again later
 */
public record Import(
    ImportId id,
    DatasetId dataset,
    ImportState state,
    SourceSpec source,
    String message,
    List<TagName> tags,
    Optional<String> base,
    Optional<String> directory,
    Progress progress,
    Optional<String> revision,
    Optional<VersionId> version,
    Optional<String> reason,
    Instant dtCreated,
    Instant dtModified,
    Optional<Instant> dtEnded) {
  /**
   * How far it is.
   *
   * @param files that were read
   * @param bytes that were read of the source; of an archive, as it travels
   * @param totalBytes of the source, where that is known
   */
  public record Progress(long files, long bytes, Optional<Long> totalBytes) {}
}
