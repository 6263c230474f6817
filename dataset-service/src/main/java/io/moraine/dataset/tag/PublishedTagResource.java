package io.moraine.dataset.tag;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.paging.ListFilter;
import io.moraine.kit.auth.Caller;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The tags of a public dataset by its name. */
@Path("/datasets/{namespace}/{name:" + Datasets.NAME_SEGMENT + "}/tags")
@org.eclipse.microprofile.openapi.annotations.tags.Tag(name = "Tags")
class PublishedTagResource {
  private final Tags tags;
  private final Caller caller;

  PublishedTagResource(Tags tags, Caller caller) {
    this.tags = tags;
    this.caller = caller;
  }

  @GET
  @Operation(summary = "List a public dataset's tags")
  public Uni<List<Tag>> list(String namespace, String name, @BeanParam ListFilter filter) {
    return tags.list(caller.team(), namespace, name, filter);
  }
}
