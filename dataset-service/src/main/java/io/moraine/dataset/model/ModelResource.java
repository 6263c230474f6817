package io.moraine.dataset.model;

import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.ref.Refs;
import io.moraine.kit.auth.Caller;
import io.moraine.vocabulary.TagName;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/mlModels/createModelV2")
@Tag(name = "Models")
class ModelResource {
  private static final String ANY_NAME = "NAME";

  private final Refs refs;
  private final Caller caller;

  ModelResource(Refs refs, Caller caller) {
    this.refs = refs;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("nothing is made")
  @Operation(
      summary = "Say how a model is made here",
      description =
          "Always refuses: a model is a version of a dataset, which a tag names. Says which version"
              + " datasetRef means, and the command that names it.")
  public Uni<Void> create(
      @QueryParam("name") @DefaultValue("") String name,
      @QueryParam("datasetRef") @DefaultValue("") String datasetRef) {
    String tag = TagName.looksLike(name) ? name : ANY_NAME;
    if (datasetRef.isEmpty()) {
      return Uni.createFrom().failure(new ModelProblem.NoVersion(tag).exception());
    }
    return refs.visible(caller.team(), datasetRef)
        .onItem()
        .failWith(
            found -> new ModelProblem.IsVersion(found.dataset(), found.version(), tag).exception())
        .replaceWithVoid();
  }
}
