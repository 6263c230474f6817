package io.moraine.dataset.secret;

import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Secrets that go by themselves. */
@Path("/secrets/ephemeral")
@Tag(name = "Secrets")
class EphemeralSecretResource {
  private static final int MOST = 100;
  private static final Duration DEFAULT = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  private final Secrets secrets;
  private final Caller caller;

  EphemeralSecretResource(Secrets secrets, Caller caller) {
    this.secrets = secrets;
    this.caller = caller;
  }

  @POST
  @Idempotent
  @Operation(
      summary = "Keep secrets for a while",
      description =
          "{KEY: value} of up to 100; answers with {KEY: handle}. A spec names one as"
              + " secret:ephemeral:handle. expiresIn is in seconds, an hour by default, at most 30"
              + " days.")
  public Uni<Map<String, String>> keep(
      @QueryParam("expiresIn") Optional<String> expiresIn, Map<String, String> values) {
    RequestProblem.required(values);
    if (values.isEmpty() || values.size() > MOST) {
      throw invalid("The body has 1 to " + MOST + " members, each a secret.");
    }
    for (String value : values.values()) {
      if (value == null || value.isEmpty() || value.length() > SecretResource.LONGEST_VALUE) {
        throw invalid("Each value has 1 to 65,536 characters.");
      }
    }
    return secrets.keep(caller.team(), values, life(expiresIn));
  }

  /** The original client sends {@code None} when nothing was said. */
  private static Duration life(Optional<String> seconds) {
    String text = seconds.orElse("");
    if (text.isEmpty() || text.equals("None")) {
      return DEFAULT;
    }
    if (text.matches("[1-9][0-9]{0,8}") && Long.parseLong(text) <= LONGEST.toSeconds()) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    throw invalid("expiresIn is a number of seconds from 1 to " + LONGEST.toSeconds() + ".");
  }

  private static RuntimeException invalid(String detail) {
    return new RequestProblem.Invalid(detail).exception();
  }
}
