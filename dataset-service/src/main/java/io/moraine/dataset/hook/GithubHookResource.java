package io.moraine.dataset.hook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.dataset.content.Lane;
import io.moraine.dataset.file.UploadMemory;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.imports.Import;
import io.moraine.kit.auth.Open;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.HookId;
import io.moraine.vocabulary.Sha256;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where GitHub's webhooks arrive. They have no key: the signature of the body is the proof. */
@Path("/hooks/github")
@Tag(name = "Imports")
@Blocking
class GithubHookResource {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  /** GitHub's own limit. */
  private static final int MOST_BYTES = 25 << 20;

  /** GitHub sends a delivery again for three days; the database remembers them for thirty. */
  private static final Duration OLDEST = Duration.ofDays(7);

  /** Why a delivery does nothing. */
  record Ignored(String ignored) {}

  private static final String BRANCH = "refs/heads/";

  private final Hooks hooks;
  private final HookSecrets secrets;
  private final UploadMemory memory;
  private final ObjectMapper json;

  GithubHookResource(Hooks hooks, HookSecrets secrets, UploadMemory memory, ObjectMapper json) {
    this.hooks = hooks;
    this.secrets = secrets;
    this.memory = memory;
    this.json = json;
  }

  @POST
  @NaturallyIdempotent("the same delivery again is answered with the same import")
  @Path("/{hook}")
  @Open
  @Operation(
      summary = "Take a delivery of a GitHub webhook",
      description =
          "Signed with the hook's secret (X-Hub-Signature-256), else 401. A push to the hook's"
              + " branch, or tag, is imported (202); the same delivery (X-GitHub-Delivery) again is"
              + " answered with the same import. Every other event is answered with 200 and does"
              + " nothing.")
  @APIResponse(
      responseCode = "200",
      description = "It is none that is imported: why.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Ignored.class)))
  @APIResponse(
      responseCode = "202",
      description = "It is imported.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Import.class)))
  public Response deliver(
      @PathParam("hook") String hook,
      @HeaderParam("X-GitHub-Event") Optional<String> event,
      @HeaderParam("X-GitHub-Delivery") Optional<String> delivery,
      @HeaderParam("X-Hub-Signature-256") Optional<String> signature,
      @HeaderParam("Content-Length") Optional<Long> length,
      InputStream body)
      throws IOException {
    HookStore.Stored found = hooks.require(hook).await().atMost(DATABASE_PATIENCE);
    HookId id = found.view().id();
    String signed = signature.orElseThrow(() -> new HookProblem.WrongSignature(id).exception());
    long bytes = length.orElse((long) MOST_BYTES);
    if (bytes > MOST_BYTES) {
      throw new HookProblem.TooLarge(MOST_BYTES).exception();
    }
    try (UploadMemory.Share share = memory.take(found.team(), Lane.MANAGED, bytes)) {
      share.atLeast((int) bytes);
      byte[] payload = body.readNBytes((int) bytes);
      if (!secrets.isSigned(id, payload, signed)) {
        throw new HookProblem.WrongSignature(id).exception();
      }
      return event.orElse("").equals("push")
          ? push(found, delivery, payload)
          : ignored("the event " + event.orElse("") + " is none of a push");
    }
  }

  private Response push(HookStore.Stored hook, Optional<String> delivery, byte[] signed)
      throws IOException {
    JsonNode payload = json.readTree(signed);
    String name =
        delivery
            .filter(d -> !d.isBlank() && d.length() <= 100)
            .orElseThrow(() -> invalid("X-GitHub-Delivery is missing."));
    String ref = payload.path("ref").asText();
    if (!ref.equals(wanted(hook, payload))) {
      return ignored("the push is to " + ref);
    }
    if (payload.path("deleted").asBoolean()) {
      return ignored(ref + " was deleted");
    }
    String commit = payload.path("after").asText();
    if (!commit.matches("[0-9a-f]{40}")) {
      throw invalid("The push has no commit in \"after\".");
    }
    if (isOld(payload)) {
      return ignored("the push is older than " + OLDEST.toDays() + " days");
    }
    Optional<Import> begun =
        hooks
            .pushed(hook, new Delivery(name, Sha256.of(signed), commit))
            .await()
            .atMost(DATABASE_PATIENCE);
    return begun
        .map(made -> Response.accepted(made).build())
        .orElseGet(() -> ignored("the import of this delivery has ended and was forgotten"));
  }

  /** Somebody who once read a delivery would make an old commit the newest version again. */
  private static boolean isOld(JsonNode payload) {
    JsonNode pushedAt = payload.path("repository").path("pushed_at");
    return pushedAt.isIntegralNumber()
        && Instant.ofEpochSecond(pushedAt.asLong()).isBefore(Instant.now().minus(OLDEST));
  }

  /** The ref whose pushes count: a branch where it is no whole name; by default the default one. */
  private static String wanted(HookStore.Stored hook, JsonNode payload) {
    String ref =
        hook.view()
            .source()
            .ref()
            .orElseGet(() -> payload.path("repository").path("default_branch").asText());
    return ref.startsWith("refs/") ? ref : BRANCH + ref;
  }

  private static Response ignored(String reason) {
    return Response.ok(new Ignored(reason)).build();
  }

  private static ProblemException invalid(String detail) {
    return new RequestProblem.Invalid(detail).exception();
  }
}
