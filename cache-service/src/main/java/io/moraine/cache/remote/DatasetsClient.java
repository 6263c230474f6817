package io.moraine.cache.remote;

import io.moraine.cache.remote.DatasetApiClient.Commit;
import io.moraine.cache.remote.DatasetApiClient.DiffAnswer;
import io.moraine.cache.remote.DatasetApiClient.DiffItem;
import io.moraine.cache.remote.DatasetApiClient.DiffSide;
import io.moraine.cache.remote.DatasetApiClient.NewVersion;
import io.moraine.cache.remote.DatasetApiClient.TagAnswer;
import io.moraine.cache.remote.DatasetApiClient.VersionAnswer;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import io.moraine.events.dataset.Origin;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Asks dataset-service about datasets, tags and versions, and commits. Blocking; thread-safe. */
@ApplicationScoped
public class DatasetsClient {
  private static final int TAGS_PER_PAGE = 100;

  private final DatasetApiClient api;
  private final AnswerMapper answers;

  DatasetsClient(@RestClient DatasetApiClient api, AnswerMapper answers) {
    this.api = api;
    this.answers = answers;
  }

  /** What a committed version is. */
  public record Committed(VersionId version, Sha256 digest, long files, long bytes) {}

  /** A dataset's name now. */
  public DatasetName name(TeamId team, DatasetId dataset) throws IOException, RefusedException {
    return answers.call(() -> api.dataset(team, dataset)).name();
  }

  /** What each tag of a dataset, and {@code latest}, points at now. */
  public Map<String, VersionId> tags(TeamId team, DatasetId dataset)
      throws IOException, RefusedException {
    Map<String, VersionId> tags = new HashMap<>();
    latest(team, dataset).ifPresent(latest -> tags.put(TagName.LATEST, latest.version()));
    List<TagAnswer> page;
    int skip = 0;
    do {
      int from = skip;
      page = answers.call(() -> api.tags(team, dataset, TAGS_PER_PAGE, from));
      page.forEach(tag -> tags.put(tag.name().text(), tag.version().version()));
      skip += page.size();
    } while (page.size() == TAGS_PER_PAGE);
    return tags;
  }

  private Optional<Committed> latest(TeamId team, DatasetId dataset)
      throws IOException, RefusedException {
    try {
      return committed(team, dataset, TagName.LATEST);
    } catch (RefusedException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** A version, if it is committed by now. */
  public Optional<Committed> committed(TeamId team, DatasetId dataset, VersionId version)
      throws IOException, RefusedException {
    return committed(team, dataset, version.text());
  }

  private Optional<Committed> committed(TeamId team, DatasetId dataset, String version)
      throws IOException, RefusedException {
    VersionAnswer answer = answers.call(() -> api.version(team, dataset, version));
    return answer.isCommitted()
        ? Optional.of(
            new Committed(
                answer.version(),
                answer.digest().orElseThrow(),
                answer.files().orElseThrow(),
                answer.bytes().orElseThrow()))
        : Optional.empty();
  }

  /** Takes pages of differences, in byte order of their paths. */
  @FunctionalInterface
  public interface Changes<E extends Exception> {
    /**
     * @return whether to go on with the next page
     */
    boolean page(List<FileChange> changes) throws IOException, RefusedException, E;
  }

  /**
   * Hands what makes {@code from} into {@code to} to {@code changes}, at most 1,000 differences at
   * a time, so that what is answered is as long as what changed. Both are committed.
   */
  public <E extends Exception> void diff(
      TeamId team, DatasetId dataset, VersionId from, VersionId to, Changes<E> changes)
      throws IOException, RefusedException, E {
    String versions = from + "..." + to;
    DiffAnswer page;
    Optional<String> cursor = Optional.empty();
    boolean more;
    do {
      String after = cursor.orElse(null);
      page = answers.call(() -> api.diff(team, dataset, versions, after));
      more = changes.page(changes(page)) && page.nextCursor().isPresent();
      cursor = page.nextCursor();
    } while (more);
  }

  private static List<FileChange> changes(DiffAnswer page) throws IOException {
    List<FileChange> changes = new ArrayList<>(page.items().size());
    for (DiffItem item : page.items()) {
      try {
        FilePath path = FilePath.of(item.path());
        changes.add(
            new FileChange(
                item.from().map(side -> entry(path, side)),
                item.to().map(side -> entry(path, side))));
      } catch (IllegalArgumentException | NullPointerException e) {
        throw new IOException("dataset-service names a difference that is none: " + item, e);
      }
    }
    return changes;
  }

  private static FileEntry entry(FilePath path, DiffSide side) {
    return new FileEntry(path, side.sizeBytes(), ContentId.parse(side.content()));
  }

  /** The draft of an output: the one that is there for its origin, else a new one. */
  public VersionId draft(
      TeamId team, DatasetId dataset, Optional<String> message, List<TagName> tags, Origin origin)
      throws IOException, RefusedException {
    return answers
        .call(() -> api.create(team, dataset, new NewVersion(message, tags, origin)))
        .version();
  }

  /** Asks for a commit; a long one goes on after this returned. Repeatable. */
  public void commit(TeamId team, DatasetId dataset, VersionId version)
      throws IOException, RefusedException {
    answers.call(() -> api.commit(team, dataset, version, new Commit(true))).close();
  }

  /** Deletes a draft; nothing to do when there is none. */
  public void deleteDraft(TeamId team, DatasetId dataset, VersionId version)
      throws IOException, RefusedException {
    try {
      answers.call(() -> api.delete(team, dataset, version)).close();
    } catch (RefusedException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }
}
