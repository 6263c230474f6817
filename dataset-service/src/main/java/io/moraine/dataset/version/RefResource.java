package io.moraine.dataset.version;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.moraine.dataset.dataset.Dataset;
import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.ref.Refs;
import io.moraine.kit.auth.Caller;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What a ref names: a dataset and a version of it. */
@Path("/datasets/ref")
@Tag(name = "Refs and holds")
class RefResource {
  /** A dataset, as ever, with the version beside its members. */
  record Named(@JsonUnwrapped Dataset dataset, VersionView version) {}

  private final Refs refs;
  private final Versions versions;
  private final Datasets datasets;
  private final Caller caller;

  RefResource(Refs refs, Versions versions, Datasets datasets, Caller caller) {
    this.refs = refs;
    this.versions = versions;
    this.datasets = datasets;
    this.caller = caller;
  }

  @GET
  @Path("/{ref}")
  @Operation(
      summary = "Resolve a ref",
      description =
          "dataset, dataset:latest, dataset:tag, dataset:version or dataset@sha256:digest, the"
              + " dataset by id or name. Answers with the dataset and, as its member version, the"
              + " version.")
  public Uni<Named> resolve(String ref) {
    return named(ref);
  }

  @GET
  @Path("/{namespace}/{ref}")
  @Operation(
      summary = "Resolve a ref of a public dataset",
      description =
          "namespace/name with the same selectors, the namespace being a team's name or id; answers"
              + " as for a team's own.")
  public Uni<Named> resolve(String namespace, String ref) {
    return named(namespace + "/" + ref);
  }

  private Uni<Named> named(String ref) {
    TeamId team = caller.team();
    return refs.visible(team, ref)
        .chain(named -> versions.get(new VersionKey(named.dataset(), named.version())))
        .chain(
            version ->
                datasets
                    .get(team, version.key().dataset().text())
                    .map(dataset -> new Named(dataset, VersionView.of(version))));
  }
}
