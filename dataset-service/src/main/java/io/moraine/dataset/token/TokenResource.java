package io.moraine.dataset.token;

import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Open;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.vocabulary.RunName;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;

@Path("/tokens")
@Tag(name = "Run tokens")
@NonBlocking
class TokenResource {
  record Request(Optional<RunName> run, Optional<Long> expiresInSeconds) {
    static final Request ANY = new Request(Optional.empty(), Optional.empty());

    Request {
      long most = RunTokens.LONGEST.toSeconds();
      expiresInSeconds.ifPresent(
          seconds -> {
            if (seconds < 1 || seconds > most) {
              throw new IllegalArgumentException(
                  "expiresInSeconds must be from 1 to " + most + ", not " + seconds + ".");
            }
          });
    }

    Duration life() {
      return expiresInSeconds.map(Duration::ofSeconds).orElse(RunTokens.LONGEST);
    }
  }

  private final RunTokens tokens;
  private final TokenKey key;
  private final Caller caller;

  TokenResource(RunTokens tokens, TokenKey key, Caller caller) {
    this.tokens = tokens;
    this.key = key;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("one more token proves no more")
  @Requires(Role.WRITER)
  @ResponseStatus(201)
  @Operation(
      summary = "Get a run token",
      description =
          "Proves the team in ce_token of events on moraine.runs, for one run or for any; lives at"
              + " most, and by default, 24 h, and dies with the key that asks for it.")
  @APIResponse(
      responseCode = "201",
      description = "It is signed.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = RunTokens.RunToken.class)))
  public RunTokens.RunToken issue(Request request) {
    Request wanted = request == null ? Request.ANY : request;
    return tokens.issue(caller.keyId(), caller.team(), wanted.run(), wanted.life());
  }

  @GET
  @Path("/keys")
  @Open
  @Operation(summary = "The JWK set (RFC 7517) that checks run tokens")
  public Map<String, Object> keys() {
    return Map.of("keys", List.of(key.publicKey().toParams(OutputControlLevel.PUBLIC_ONLY)));
  }
}
