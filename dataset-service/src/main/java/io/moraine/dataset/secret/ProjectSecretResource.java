package io.moraine.dataset.secret;

import io.moraine.kit.auth.Caller;
import jakarta.ws.rs.Path;

/** Secrets of what the team calls a project. */
@Path("/projects/secrets")
class ProjectSecretResource extends SecretResource {
  ProjectSecretResource(Secrets secrets, Caller caller) {
    super("project", secrets, caller);
  }
}
