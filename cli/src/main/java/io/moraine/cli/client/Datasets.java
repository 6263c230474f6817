package io.moraine.cli.client;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The calls to dataset-service that commands need. Thread-safe. */
public final class Datasets {
  private static final int CONFLICT = 409;
  private static final Duration COMMIT_LIMIT = Duration.ofMinutes(10);

  private final Service service;

  public Datasets(Stack stack) {
    service =
        new Service(
            "dataset-service", stack.datasetService(), "MORAINE_DATASET_URL", stack.apiKey());
  }

  /** Whose the key is. */
  public record Team(TeamId id, String name) {}

  /** A named line of versions. */
  public record Dataset(DatasetId id, DatasetName name) {}

  /** Which output of which run a version is. */
  public record Origin(RunName run, RunName job, RunName output, int attempt) {}

  /** A tag that points at a version. */
  public record Tag(String name) {}

  /**
   * A version as it stands.
   *
   * @param digest, files, bytes of one that is committed
   */
  public record Version(
      VersionId version,
      String state,
      boolean isCommitted,
      String message,
      List<Tag> tags,
      Optional<Sha256> digest,
      long files,
      long bytes,
      Optional<Origin> origin) {
    public Version {
      tags = tags == null ? List.of() : List.copyOf(tags);
    }

    /** The tags' names, in a sentence. */
    public String tagNames() {
      return String.join(", ", tags.stream().map(Tag::name).toList());
    }
  }

  /** What a file became. */
  public record StoredFile(FilePath path, long sizeBytes, Optional<Sha256> sha256) {}

  /** Proof of the team for run events. */
  public record RunToken(String token, Instant expiresAt) {}

  private record Created(DatasetId id) {}

  public Team team() throws InterruptedException {
    return service.get("/teams/current", Team.class);
  }

  /** A token for the events of {@code run}, good for a day. */
  public RunToken runToken(RunName run) throws InterruptedException {
    return service.post("/tokens", Map.of("run", run), RunToken.class);
  }

  /**
   * The dataset called {@code name}; makes it in the team's managed provider when it is missing.
   */
  public Dataset createOrFind(DatasetName name, String description) throws InterruptedException {
    try {
      Created created =
          service.post(
              "/datasets", Map.of("name", name, "description", description), Created.class);
      return new Dataset(created.id(), name);
    } catch (CallFailed e) {
      if (e.status() == CONFLICT) {
        return service.get(Service.path("datasets", name), Dataset.class);
      }
      throw e;
    }
  }

  /** The dataset of this id. */
  public Dataset dataset(DatasetId id) throws InterruptedException {
    return service.get(Service.path("datasets", id), Dataset.class);
  }

  /** A new open version; {@code tags} are set by its commit. */
  public Version open(DatasetId dataset, String message, List<TagName> tags)
      throws InterruptedException {
    return service.post(
        Service.path("datasets", dataset, "versions"),
        Map.of("message", message, "tags", tags),
        Version.class);
  }

  /** Puts one file into an open version, streaming it. */
  public StoredFile put(DatasetId dataset, VersionId version, FilePath path, Path file)
      throws InterruptedException {
    String segments = Service.path((Object[]) path.toString().split("/"));
    return service.call(
        "PUT",
        Service.path("datasets", dataset, "versions", version, "files") + segments,
        content(file),
        StoredFile.class);
  }

  private static BodyPublisher content(Path file) {
    try {
      return BodyPublishers.ofFile(file);
    } catch (FileNotFoundException e) {
      throw new CommandFailed(file + " cannot be read any more; was it moved?", e);
    }
  }

  /** Commits; returns when it is done. May be repeated. */
  public Version commit(DatasetId dataset, VersionId version) throws InterruptedException {
    service.post(
        Service.path("datasets", dataset, "versions", version),
        Map.of("isCommitted", true),
        Version.class);
    return Patience.await(
            COMMIT_LIMIT, () -> Optional.of(version(dataset, version)).filter(Version::isCommitted))
        .orElseThrow(
            () ->
                new CommandFailed(
                    "The commit of "
                        + dataset
                        + ":"
                        + version
                        + " is not done after "
                        + COMMIT_LIMIT.toMinutes()
                        + " minutes; dataset-service goes on with it, ask for the version later."));
  }

  public Version version(DatasetId dataset, VersionId version) throws InterruptedException {
    return service.get(Service.path("datasets", dataset, "versions", version), Version.class);
  }
}
