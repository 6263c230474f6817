package io.moraine.dataset.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.moraine.content.store.BucketAccess;
import io.moraine.content.store.BucketAccess.UrlStyle;
import io.moraine.dataset.net.PublicAddresses;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.TeamId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a provider may not send the service. */
class ProbeBucketTest {
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final ProbeBucket probe =
      new ProbeBucket(new PublicAddresses(false), new ProviderMetrics(metrics), 1);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:%d",
        "http://localhost:%d",
        "http://[::1]:%d",
        "http://[::ffff:127.0.0.1]:%d",
        "http://2130706433:%d",
        "http://169.254.169.254",
        "http://10.1.2.3",
        "https://[fd00:ec2::254]"
      })
  void nothingPrivateIsConnectedTo(String endpoint) throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listening.setSoTimeout(1);
      URI at = URI.create(endpoint.formatted(listening.getLocalPort()));

      assertThatExceptionOfType(ProblemException.class)
          .isThrownBy(() -> probe.run(new TeamId("te0123456789ab"), config(at), "secret"))
          .matches(e -> e.problem().status() == 422)
          .matches(e -> e.problem().type().equals("provider/private-endpoint"))
          .withMessageContaining("MORAINE_ALLOW_PRIVATE_ADDRESSES")
          .withMessageNotContaining("secret");
      assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(listening::accept);
    }
    assertThat(metrics.counter("moraine.provider.probes", "end", "failed").count()).isOne();
  }

  @ParameterizedTest
  @CsvSource({
    ", eu-west-1, faces, https://s3.eu-west-1.amazonaws.com, VIRTUAL_HOST",
    ", , fa.ces, https://s3.us-east-1.amazonaws.com, PATH",
    "https://nyc3.digitaloceanspaces.com, , faces, https://nyc3.digitaloceanspaces.com, VIRTUAL_HOST",
    "http://minio.example:9000, , faces, http://minio.example:9000, PATH",
    "https://rgw.example, default, faces, https://rgw.example, PATH"
  })
  void whatIsNotSaidFollowsFromTheEndpoint(
      URI endpoint, String region, String bucket, URI at, UrlStyle style) {
    BucketAccess access =
        new ProviderConfig(
                bucket,
                "key",
                Optional.ofNullable(endpoint),
                Optional.ofNullable(region),
                Optional.empty(),
                "",
                Optional.empty())
            .access("secret");

    assertThat(access.endpoint()).isEqualTo(at);
    assertThat(access.region()).isEqualTo(Optional.ofNullable(region).orElse("us-east-1"));
    assertThat(access.urlStyle()).isEqualTo(style);
  }

  private static ProviderConfig config(URI endpoint) {
    return new ProviderConfig(
        "bucket",
        "key",
        Optional.of(endpoint),
        Optional.empty(),
        Optional.empty(),
        "",
        Optional.empty());
  }
}
