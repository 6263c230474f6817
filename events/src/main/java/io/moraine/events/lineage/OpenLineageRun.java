package io.moraine.events.lineage;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A RunEvent of OpenLineage 2-0-2, member by member: a job of ours is a run of theirs. Every job
 * that was started has a START and, later, one of COMPLETE, FAIL and ABORT with the same run id.
 * Jobs and datasets lie in the namespace {@code moraine://{team}}; a job is called {@code
 * {run}.{job}}, since nothing else says which jobs are the same, and a dataset by its id.
 *
 * @param schemaURL what this is, for its readers
 */
public record OpenLineageRun(
    Transition eventType,
    Instant eventTime,
    Run run,
    Job job,
    List<Dataset> inputs,
    List<Dataset> outputs,
    URI producer,
    URI schemaURL)
    implements LineageEvent {
  private static final String NAMESPACE = "moraine://";
  private static final URI PRODUCER = URI.create("urn:moraine:volume-service");
  private static final String SPECIFICATION = "https://openlineage.io/spec/";
  private static final URI RUN_EVENT =
      URI.create(SPECIFICATION + "2-0-2/OpenLineage.json#/$defs/RunEvent");
  private static final URI PARENT_FACET =
      URI.create(SPECIFICATION + "facets/1-0-1/ParentRunFacet.json#/$defs/ParentRunFacet");
  private static final URI VERSION_FACET =
      URI.create(
          SPECIFICATION
              + "facets/1-0-0/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet");

  /** How a run goes on. */
  public enum Transition {
    START,
    COMPLETE,
    FAIL,
    ABORT
  }

  /** One execution of a job. */
  public record Run(UUID runId, Optional<RunFacets> facets) {}

  public record RunFacets(Parent parent) {}

  /** The run of ours that the job belongs to. */
  public record Parent(
      @JsonProperty("_producer") URI producer,
      @JsonProperty("_schemaURL") URI schemaUrl,
      Run run,
      Job job) {}

  public record Job(String namespace, String name) {}

  public record Dataset(String namespace, String name, Optional<DatasetFacets> facets) {
    /** One version of a dataset; none for what an output that has not become one writes to. */
    public static Dataset of(TeamId team, DatasetId dataset, Optional<VersionId> version) {
      return new Dataset(
          namespaceOf(team),
          dataset.text(),
          version.map(
              id -> new DatasetFacets(new DatasetVersion(PRODUCER, VERSION_FACET, id.text()))));
    }
  }

  public record DatasetFacets(DatasetVersion version) {}

  public record DatasetVersion(
      @JsonProperty("_producer") URI producer,
      @JsonProperty("_schemaURL") URI schemaUrl,
      String datasetVersion) {}

  public OpenLineageRun {
    inputs = inputs == null ? List.of() : List.copyOf(inputs);
    outputs = outputs == null ? List.of() : List.copyOf(outputs);
  }

  /** What happened to an attempt at a job. The same attempt has the same run id, whoever asks. */
  public static OpenLineageRun of(
      Transition transition,
      Instant time,
      TeamId team,
      RunName run,
      RunName job,
      int attempt,
      List<Dataset> inputs,
      List<Dataset> outputs) {
    String namespace = namespaceOf(team);
    Parent parent =
        new Parent(
            PRODUCER,
            PARENT_FACET,
            new Run(id(team + "/" + run), Optional.empty()),
            new Job(namespace, run.text()));
    return new OpenLineageRun(
        transition,
        time,
        new Run(
            id(team + "/" + run + "/" + job + "/" + attempt), Optional.of(new RunFacets(parent))),
        new Job(namespace, run + "." + job),
        inputs,
        outputs,
        PRODUCER,
        RUN_EVENT);
  }

  @Override
  public TeamId team() {
    if (!job.namespace().startsWith(NAMESPACE)) {
      throw new IllegalArgumentException(
          "the job's namespace must be " + NAMESPACE + "{team}, not " + job.namespace());
    }
    return new TeamId(job.namespace().substring(NAMESPACE.length()));
  }

  @Override
  public String key() {
    return run.runId().toString();
  }

  private static String namespaceOf(TeamId team) {
    return NAMESPACE + team;
  }

  /** Names hold no slash, so that different attempts have different ids. */
  private static UUID id(String attempt) {
    return UUID.nameUUIDFromBytes(attempt.getBytes(StandardCharsets.UTF_8));
  }
}
