package io.moraine.dataset.secret;

import io.moraine.kit.auth.Caller;
import jakarta.ws.rs.Path;

/** Secrets of what the team calls a cluster. */
@Path("/clusters/secrets")
class ClusterSecretResource extends SecretResource {
  ClusterSecretResource(Secrets secrets, Caller caller) {
    super("cluster", secrets, caller);
  }
}
