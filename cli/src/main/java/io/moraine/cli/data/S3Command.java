package io.moraine.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code moraine s3}. */
@Command(
    name = "s3",
    description = {
      "Prints with what S3 clients act as this key, as lines for a shell:",
      "  eval \"$(moraine s3)\"",
      "The secret is as good as the key."
    })
public final class S3Command extends DataCommand {
  @Override
  void run() throws InterruptedException {
    JsonNode credentials = datasets().s3Credentials();
    if (printed(credentials)) {
      return;
    }
    export("AWS_ENDPOINT_URL_S3", credentials, "endpoint");
    export("AWS_REGION", credentials, "region");
    export("AWS_ACCESS_KEY_ID", credentials, "accessKey");
    export("AWS_SECRET_ACCESS_KEY", credentials, "secretKey");
  }

  /** Quoted: the shell that is told these lines takes them from a service. */
  private void export(String variable, JsonNode credentials, String member) {
    String value = credentials.path(member).asText().replace("'", "'\\''");
    out().println("export " + variable + "='" + value + "'");
  }
}
