package io.moraine.cache.remote;

import io.moraine.cache.remote.DatasetApiClient.Commit;
import io.moraine.cache.remote.DatasetApiClient.NewVersion;
import io.moraine.cache.remote.DatasetApiClient.TagAnswer;
import io.moraine.cache.remote.DatasetApiClient.VersionAnswer;
import io.moraine.events.dataset.Origin;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
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
