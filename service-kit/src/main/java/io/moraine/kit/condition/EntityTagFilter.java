package io.moraine.kit.condition;

import jakarta.ws.rs.container.ContainerResponseContext;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Sends the tag of what is shown. */
public class EntityTagFilter {
  @ServerResponseFilter
  public void filter(ContainerResponseContext answer) {
    if (answer.getEntity() instanceof Tagged shown) {
      answer.getHeaders().putSingle("ETag", shown.entityTag().toString());
    }
  }
}
