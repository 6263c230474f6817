package io.moraine.dataset.tag;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.paging.ListFilter;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/datasets/{dataset}/tags")
@org.eclipse.microprofile.openapi.annotations.tags.Tag(name = "Tags")
class TagResource {
  record Request(VersionId version) {
    Request {
      if (version == null) {
        throw new IllegalArgumentException("version is missing: which version does the tag name?");
      }
    }
  }

  private final Tags tags;
  private final Datasets datasets;
  private final Caller caller;

  TagResource(Tags tags, Datasets datasets, Caller caller) {
    this.tags = tags;
    this.datasets = datasets;
    this.caller = caller;
  }

  @GET
  @Operation(summary = "List a dataset's tags, by name unless filter[order][] says otherwise")
  public Uni<List<Tag>> list(String dataset, @BeanParam ListFilter filter) {
    return tags.list(caller.team(), dataset, filter);
  }

  @GET
  @Path("/{tag}")
  @Operation(summary = "Show which version a tag names")
  public Uni<Tag> details(String dataset, String tag) {
    return datasets.visible(caller.team(), dataset).chain(found -> tags.get(found.id(), tag));
  }

  @PUT
  @Path("/{tag}")
  @Operation(
      summary = "Set or move a tag",
      description = "To a committed version: 409 while it is open. The tag may not be latest.")
  public Uni<Tag> set(
      String dataset, String tag, @HeaderParam("If-Match") String ifMatch, Request request) {
    TeamId team = caller.team();
    TagName name = usable(tag);
    VersionId version = RequestProblem.required(request).version();
    return datasets
        .id(team, dataset)
        .chain(id -> tags.set(team, id, name, version, Precondition.of(ifMatch)));
  }

  @DELETE
  @Path("/{tag}")
  @Operation(summary = "Delete a tag; its version stays")
  public Uni<Void> delete(String dataset, String tag, @HeaderParam("If-Match") String ifMatch) {
    TeamId team = caller.team();
    return datasets
        .id(team, dataset)
        .chain(
            id -> {
              if (!TagName.looksLike(tag)) {
                throw Tags.missing(id, tag);
              }
              return tags.delete(team, id, new TagName(tag), Precondition.of(ifMatch));
            });
  }

  private static TagName usable(String tag) {
    try {
      return new TagName(tag);
    } catch (IllegalArgumentException e) {
      throw new TagProblem.Unusable(e.getMessage()).exception();
    }
  }
}
