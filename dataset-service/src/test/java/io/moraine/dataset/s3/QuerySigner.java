package io.moraine.dataset.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;

/** Signs any request in its query, with the AWS SDK's own signer. */
final class QuerySigner {
  private QuerySigner() {}

  /** The URL, good for an hour. */
  static String sign(
      GatewayClient client, String method, String encodedPath, Map<String, String> query) {
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .uri(URI.create(client.endpoint() + encodedPath))
            .method(SdkHttpMethod.fromValue(method));
    query.forEach(request::putRawQueryParameter);
    return AwsV4HttpSigner.create()
        .sign(
            s ->
                s.identity(AwsBasicCredentials.create(client.accessKey(), client.secretKey()))
                    .request(request.build())
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1")
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                    .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                    .putProperty(
                        AwsV4HttpSigner.AUTH_LOCATION,
                        AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                    .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, Duration.ofHours(1)))
        .request()
        .getUri()
        .toString();
  }
}
