package io.moraine.kit.auth;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.Sha256;
import io.quarkus.arc.DefaultBean;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * Asks dataset-service what a key is and remembers the answer for 60 s, so a revocation takes that
 * long (design section 9).
 */
@DefaultBean
@ApplicationScoped
class IntrospectedKeys implements KeyCheck {
  private static final Duration REMEMBERED = Duration.ofSeconds(60);
  private static final int MOST_REMEMBERED = 10_000;

  private final IntrospectionClient datasets;
  // By the hash of the whole key: no secret stays in memory.
  private final AsyncCache<Sha256, Optional<KeyInfo>> known =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MOST_REMEMBERED).buildAsync();

  IntrospectedKeys(@RestClient IntrospectionClient datasets) {
    this.datasets = datasets;
  }

  @Override
  public Uni<Optional<KeyInfo>> check(ApiKey key) {
    Sha256 hash = Sha256.of(key.text().getBytes(StandardCharsets.US_ASCII));
    return Uni.createFrom()
        .completionStage(
            () -> known.get(hash, (k, executor) -> ask(key).subscribeAsCompletionStage()));
  }

  private Uni<Optional<KeyInfo>> ask(ApiKey key) {
    return datasets
        .introspect(key.text())
        .map(Introspection::key)
        .onFailure()
        .transform(
            e ->
                new RequestProblem.Unavailable("dataset-service, which knows the keys,")
                    .exception());
  }
}
