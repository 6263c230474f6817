package io.moraine.dataset.token;

import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.key.Keys;
import io.moraine.kit.auth.ApiKey;
import io.moraine.kit.auth.Introspection;
import io.moraine.kit.auth.KeyInfo;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/introspect")
@Tag(name = "Run tokens")
class IntrospectionResource {
  private final Keys keys;
  private final RunTokens tokens;

  IntrospectionResource(Keys keys, RunTokens tokens) {
    this.keys = keys;
    this.tokens = tokens;
  }

  @POST
  @NaturallyIdempotent("it only reads")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Requires(Role.SERVICE)
  @Operation(
      summary = "Say what an API key or a run token is (RFC 7662)",
      description =
          "Of a token it says whether its signature and its key are good; its time is for the asker"
              + " to compare with the event's.")
  public Uni<Introspection> introspect(@FormParam("token") String token) {
    if (token == null) {
      throw new RequestProblem.Invalid("The form member token is missing.").exception();
    }
    return ApiKey.parse(token)
        .map(keys::check)
        .or(() -> tokens.read(token).map(this::ofToken))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(info -> info.map(Introspection::of).orElse(Introspection.INACTIVE));
  }

  /** The token's key, as far as the token goes: for its team. A key of another team gave it not. */
  private Uni<Optional<KeyInfo>> ofToken(RunTokens.Signed token) {
    return keys.find(token.keyId())
        .map(
            found ->
                found
                    .filter(key -> key.team().map(token.team()::equals).orElse(true))
                    .map(key -> new KeyInfo(key.id(), key.role(), Optional.of(token.team()))));
  }
}
