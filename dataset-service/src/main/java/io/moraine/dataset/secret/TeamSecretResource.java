package io.moraine.dataset.secret;

import io.moraine.kit.auth.Caller;
import jakarta.ws.rs.Path;

/** Secrets of the team itself. */
@Path("/teams/secrets")
class TeamSecretResource extends SecretResource {
  TeamSecretResource(Secrets secrets, Caller caller) {
    super("team", secrets, caller);
  }
}
