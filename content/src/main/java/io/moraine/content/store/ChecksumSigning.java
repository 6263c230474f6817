package io.moraine.content.store;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/**
 * SigV4 that signs a body by the header {@code x-amz-checksum-sha256} alone, which the provider
 * checks, and says UNSIGNED-PAYLOAD beside it. Otherwise the client and the provider would each
 * hash every body once more: a seventh of the CPU time of a large put. Over plain HTTP the SDK
 * insists on hashing, so it is shown the request as if it were HTTPS; the scheme is no part of what
 * is signed. Thread-safe.
 */
final class ChecksumSigning implements AwsV4AuthScheme, AwsV4HttpSigner {
  private static final String TLS = "https";

  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

  @Override
  public String schemeId() {
    return SCHEME_ID;
  }

  @Override
  public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
    return providers.identityProvider(AwsCredentialsIdentity.class);
  }

  @Override
  public AwsV4HttpSigner signer() {
    return this;
  }

  @Override
  public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
    SdkHttpRequest plain = request.request();
    SignedRequest signed =
        signer.sign(
            request.copy(
                copy ->
                    copy.request(plain.copy(shown -> shown.protocol(TLS).port(plain.port())))
                        .putProperty(PAYLOAD_SIGNING_ENABLED, false)));
    return signed.copy(
        copy ->
            copy.request(
                signed.request().copy(sent -> sent.protocol(plain.protocol()).port(plain.port()))));
  }

  @Override
  public CompletableFuture<AsyncSignedRequest> signAsync(
      AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
    return signer.signAsync(request);
  }
}
