package io.moraine.dataset.key;

import io.moraine.kit.auth.Caller;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.net.URI;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What S3 clients need to act as an API key. */
@Path("/s3/credentials")
@Tag(name = "S3")
class S3CredentialsResource {
  /** As S3 clients take them; path style. */
  record Credentials(URI endpoint, String region, String accessKey, String secretKey) {
    /** Says nothing secret. */
    @Override
    public String toString() {
      return "Credentials[" + endpoint + ", " + accessKey + "]";
    }
  }

  /** The gateway takes any; clients want one. */
  private static final String REGION = "us-east-1";

  private final S3Secrets secrets;
  private final Caller caller;
  private final URI gateway;

  S3CredentialsResource(
      S3Secrets secrets, Caller caller, @ConfigProperty(name = "MORAINE_GATEWAY_URL") URI gateway) {
    this.secrets = secrets;
    this.caller = caller;
    this.gateway = gateway;
  }

  @GET
  @Operation(
      summary = "Say with what S3 clients act as this key",
      description =
          "The access key is the key's public id. The secret is the same each time, as long as the"
              + " installation keeps its gateway key.")
  public Credentials current() {
    String accessKey = caller.keyId();
    return new Credentials(gateway, REGION, accessKey, secrets.of(accessKey));
  }
}
