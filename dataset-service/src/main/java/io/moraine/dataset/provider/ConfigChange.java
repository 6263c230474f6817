package io.moraine.dataset.provider;

import java.net.URI;
import java.util.Optional;
import java.util.function.Function;

/**
 * What to change of a provider's configuration, key by key. An empty text clears what may be absent
 * (endpoint, region, signatureVersion, prefix, urlStyle) and is no change of what may not; a masked
 * secret, as answers have it, is none either.
 */
record ConfigChange(
    Optional<String> bucket,
    Optional<String> accessKey,
    Optional<String> secretAccessKey,
    Optional<String> endpoint,
    Optional<String> region,
    Optional<String> signatureVersion,
    Optional<String> prefix,
    Optional<String> urlStyle) {
  private static final int LONGEST_SECRET = 1_024;

  ConfigChange {
    secretAccessKey.ifPresent(ConfigChange::checkSecret);
  }

  private static void checkSecret(String secret) {
    if (secret.length() > LONGEST_SECRET || !secret.matches("[\\x21-\\x7e]*")) {
      throw new IllegalArgumentException("config.secretAccessKey is not a secret access key.");
    }
  }

  /** The secret, when one is given. */
  Optional<String> secret() {
    return secretAccessKey.filter(s -> !s.isEmpty() && !s.equals(ProviderConfig.MASKED));
  }

  /** The configuration of a new provider; fails with an {@link IllegalArgumentException}. */
  ProviderConfig alone() {
    return new ProviderConfig(
        given(bucket).orElse(null),
        given(accessKey).orElse(null),
        given(endpoint).map(ConfigChange::uri),
        given(region),
        given(signatureVersion),
        given(prefix).orElse(""),
        given(urlStyle).map(ProviderConfig::urlStyle));
  }

  /** {@code before} with these changes; fails with an {@link IllegalArgumentException}. */
  ProviderConfig over(ProviderConfig before) {
    return new ProviderConfig(
        given(bucket).orElse(before.bucket()),
        given(accessKey).orElse(before.accessKey()),
        merged(endpoint, before.endpoint(), ConfigChange::uri),
        merged(region, before.region(), text -> text),
        merged(signatureVersion, before.signatureVersion(), text -> text),
        prefix.orElse(before.prefix()),
        merged(urlStyle, before.urlStyle(), ProviderConfig::urlStyle));
  }

  private static Optional<String> given(Optional<String> text) {
    return text.filter(t -> !t.isEmpty());
  }

  private static <T> Optional<T> merged(
      Optional<String> change, Optional<T> before, Function<String, T> read) {
    return change.isPresent() ? given(change).map(read) : before;
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("config.endpoint is not a URL.", e);
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "ConfigChange[bucket=" + bucket + ", endpoint=" + endpoint + "]";
  }
}
