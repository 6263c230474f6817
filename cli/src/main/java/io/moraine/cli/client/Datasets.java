package io.moraine.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.content.transfer.Endpoint;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.DatasetRef.Pinned;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.io.FileNotFoundException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The calls to dataset-service that commands need. Thread-safe. */
public final class Datasets {
  private static final int CONFLICT = 409;
  private static final Duration COMMIT_LIMIT = Duration.ofMinutes(10);

  private static final int MOST_ON_A_PAGE = 1_000;

  private final Service service;
  private final String apiKey;

  public Datasets(Stack stack) {
    this(stack.datasetService(), "MORAINE_DATASET_URL", stack.apiKey(), Duration.ZERO);
  }

  /**
   * @param variable the environment variable that sets {@code base}, for messages
   * @param patience how long a call is repeated when the service, which was there, is not any more
   */
  public Datasets(URI base, String variable, String apiKey, Duration patience) {
    service = new Service("dataset-service", base, variable, apiKey, patience);
    this.apiKey = apiKey;
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
      Optional<Origin> origin,
      Optional<VersionId> base,
      Optional<Instant> dtCommitted) {
    public Version {
      tags = tags == null ? List.of() : List.copyOf(tags);
    }

    /** The tags' names, in a sentence. */
    public String tagNames() {
      return String.join(", ", tags.stream().map(Tag::name).toList());
    }
  }

  /** What a ref means: a version and its dataset. */
  public record Resolved(DatasetId id, DatasetName name, Version version) {
    public Dataset dataset() {
      return new Dataset(id, name);
    }
  }

  /** What a file became. */
  public record StoredFile(FilePath path, long sizeBytes, Optional<Sha256> sha256) {}

  /** Proof of the team for run events. */
  public record RunToken(String token, Instant expiresAt) {}

  private record Created(DatasetId id) {}

  /** For the calls about many files. */
  public Endpoint endpoint() {
    return new Endpoint(service.base(), Map.of("X-API-Key", apiKey));
  }

  /** For the calls about imports. */
  public Imports imports() {
    return new Imports(service);
  }

  /** The version that {@code ref} means; empty when there is none. */
  public Optional<Resolved> find(DatasetRef ref) throws InterruptedException {
    String dataset = ref.namespace().map(space -> Service.path(space)).orElse("");
    String named = ref.dataset() + (ref.selector() instanceof Pinned ? "@" : ":") + ref.selector();
    return service.find("/datasets/ref" + dataset + Service.path(named), Resolved.class);
  }

  /** As {@link #find}, and it must be there. */
  public Resolved resolve(DatasetRef ref) throws InterruptedException {
    return find(ref)
        .orElseThrow(
            () ->
                CommandFailed.notFound(
                    "There is no committed version "
                        + ref
                        + " in your team; 'moraine datasets' and 'moraine log "
                        + ref.dataset()
                        + "' say what there is."));
  }

  /** The team's datasets by name. */
  public List<JsonNode> list() throws InterruptedException {
    return pages("/datasets?");
  }

  /** With what S3 clients act as this key. */
  public JsonNode s3Credentials() throws InterruptedException {
    return service.get(Service.path("s3", "credentials"), JsonNode.class);
  }

  /** The committed versions of a dataset, the newest first. */
  public List<Version> committed(String dataset) throws InterruptedException {
    String path = Service.path("datasets", dataset, "versions");
    return pages(path + "?" + Service.encode("filter[where][isCommitted]") + "=true&").stream()
        .map(version -> service.convert(version, Version.class))
        .toList();
  }

  private List<JsonNode> pages(String path) throws InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    int before;
    do {
      before = all.size();
      String page =
          Service.encode("filter[limit]")
              + "="
              + MOST_ON_A_PAGE
              + "&"
              + Service.encode("filter[skip]")
              + "="
              + before;
      service.get(path + page, JsonNode.class).forEach(all::add);
    } while (all.size() - before == MOST_ON_A_PAGE);
    return all;
  }

  /** A page of what differs between two versions of a dataset. */
  public JsonNode diff(String dataset, VersionId from, VersionId to, String query)
      throws InterruptedException {
    String path = Service.path("datasets", dataset, "diff", from + "..." + to);
    return service.get(path + query, JsonNode.class);
  }

  /**
   * A new open version that begins as {@code base}. If its answer is lost another one is made; the
   * first is an empty draft, and expires.
   */
  public Version openOn(
      DatasetId dataset, Optional<VersionId> base, String message, List<TagName> tags)
      throws InterruptedException {
    Map<String, Object> body = new HashMap<>(Map.of("message", message, "tags", tags));
    base.ifPresent(version -> body.put("base", version));
    return service.postAgain(Service.path("datasets", dataset, "versions"), body, Version.class);
  }

  /** Forgets an open version: nothing refers to it. */
  public void abandon(DatasetId dataset, VersionId version) throws InterruptedException {
    service.send(
        "DELETE", Service.path("datasets", dataset, "versions", version), BodyPublishers.noBody());
  }

  /** Sets or moves a tag. */
  public void tag(DatasetId dataset, TagName tag, VersionId version) throws InterruptedException {
    service.call(
        "PUT",
        Service.path("datasets", dataset, "tags", tag),
        Service.json(Map.of("version", version)),
        JsonNode.class);
  }

  public void deleteTag(String dataset, TagName tag) throws InterruptedException {
    service.send("DELETE", Service.path("datasets", dataset, "tags", tag), BodyPublishers.noBody());
  }

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
          service.postAgain(
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
    service.postAgain(
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
