package io.moraine.dataset.imports;

import io.moraine.content.store.BucketAccess;
import io.moraine.dataset.net.PublicAddresses;
import io.moraine.dataset.provider.ProviderBucket;
import io.moraine.dataset.provider.Providers;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How each kind of source is fetched. Thread-safe. */
@ApplicationScoped
class Fetches {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final Providers providers;
  private final SourceHttp http;
  private final ImportConfig limits;
  private final Path directory;

  Fetches(PublicAddresses addresses, Providers providers, ImportConfig limits) {
    this.providers = providers;
    this.http = new SourceHttp(addresses);
    this.limits = limits;
    this.directory =
        limits.directory().orElse(Path.of(System.getProperty("java.io.tmpdir"), "moraine-imports"));
  }

  /** Deletes what a killed process left on this machine's disk. Blocking. */
  void clean() {
    try {
      ScratchRepository.deleteOld(directory, limits.longest());
    } catch (IOException e) {
      throw new UncheckedIOException("What lies in " + directory + " cannot be deleted", e);
    }
  }

  /** Of a team's source. Blocking. */
  Fetch of(TeamId team, ImportSource source) {
    if (source instanceof ImportSource.Web web) {
      return new FetchWeb(http, web, limits);
    }
    if (source instanceof ImportSource.Bucket bucket) {
      return new FetchBucket(http, bucket, Optional.empty(), limits);
    }
    if (source instanceof ImportSource.Provided provided) {
      Optional<ProviderId> keeper =
          Optional.of(provided.provider()).filter(provider -> provided.byReference());
      return new FetchBucket(http, bucket(team, provided), keeper, limits);
    }
    return new FetchGit(http, (ImportSource.Git) source, limits, directory);
  }

  private ImportSource.Bucket bucket(TeamId team, ImportSource.Provided source) {
    BucketAccess access = access(team, source.provider());
    if (source.bucket().filter(named -> !named.equals(access.bucket())).isPresent()) {
      throw new ImportFailedException(
          "The bucket of storage provider %s is %s, not %s."
              .formatted(source.provider(), access.bucket(), source.bucket().get()));
    }
    return new ImportSource.Bucket(
        Optional.of(access.endpoint()),
        access.region(),
        access.bucket(),
        source.prefix(),
        access.urlStyle() == BucketAccess.UrlStyle.PATH,
        Optional.of(
            new ImportSource.Bucket.Access(
                access.accessKey(), new Secret(access.secretKey()), Optional.empty())));
  }

  private BucketAccess access(TeamId team, ProviderId provider) {
    return providers
        .get(team, provider.text())
        .chain(found -> providers.place(found.id()))
        .await()
        .atMost(DATABASE_PATIENCE)
        .flatMap(ProviderBucket.Place::own)
        .map(ProviderBucket::access)
        .orElseThrow(
            () ->
                new ImportFailedException(
                    "The bucket of storage provider "
                        + provider
                        + " is Moraine's own. What lies there is in datasets: copy files from a"
                        + " version."));
  }

  @PreDestroy
  void close() throws IOException {
    http.close();
  }
}
