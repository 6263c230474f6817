package io.moraine.kit.openapi;

import io.moraine.events.AsyncApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Serves the AsyncAPI document beside the OpenAPI one; open to all, as that one is. */
@ApplicationScoped
class AsyncApiRoute {
  private static final Buffer DOCUMENT = Buffer.buffer(AsyncApi.document());

  void serve(@Observes Router router) {
    router
        .get("/q/asyncapi")
        .handler(
            request ->
                request
                    .response()
                    .putHeader("Content-Type", "application/vnd.aai.asyncapi+json;version=3.0.0")
                    .end(DOCUMENT));
  }
}
