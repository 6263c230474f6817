package io.moraine.dataset.provider;

import io.moraine.dataset.paging.ListFilter;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The providers of a team. Thread-safe; never blocks. */
@ApplicationScoped
public class Providers {
  private static final String MASKED = "********";
  private static final Map<String, String> ORDER =
      Map.of("name", "name", "id", "id", "dtCreated", "created_at");

  private final ProviderStore store;
  private final Map<String, String> managedConfig;

  Providers(
      ProviderStore store,
      @ConfigProperty(name = "MORAINE_S3_BUCKET", defaultValue = "moraine") String bucket,
      @ConfigProperty(name = "MORAINE_S3_ENDPOINT", defaultValue = "http://127.0.0.1:9090")
          String endpoint,
      @ConfigProperty(name = "MORAINE_S3_REGION", defaultValue = "us-east-1") String region) {
    this.store = store;
    this.managedConfig =
        Map.of(
            "bucket", bucket,
            "endpoint", endpoint,
            "region", region,
            "accessKey", MASKED,
            "secretAccessKey", MASKED);
  }

  /** The provider of this id; fails with 404 when the team has none. */
  public Uni<Provider> get(TeamId team, String id) {
    return find(team, id)
        .map(
            found ->
                found.orElseThrow(
                    () -> new RequestProblem.NotFound("storage provider", id).exception()));
  }

  /** The provider of this id, when the team has it. */
  public Uni<Optional<Provider>> find(TeamId team, String id) {
    return store.find(team, id).map(found -> found.map(this::shown));
  }

  /** The one that every team has. */
  public Uni<Provider> managed(TeamId team) {
    return store.managed(team).map(this::shown);
  }

  /** Every provider of the team; a team has a handful. */
  public Uni<Map<ProviderId, Provider>> ofTeam(TeamId team) {
    return store
        .list(team, "name", ProviderStore.MOST, 0)
        .map(
            rows ->
                rows.stream()
                    .map(this::shown)
                    .collect(java.util.stream.Collectors.toUnmodifiableMap(Provider::id, p -> p)));
  }

  Uni<List<Provider>> list(TeamId team, ListFilter filter) {
    return store
        .list(team, filter.orderBy(ORDER, "name ASC", "id"), filter.limit(), filter.skip())
        .map(rows -> rows.stream().map(this::shown).toList());
  }

  /** A managed one lies in the installation's own bucket, whose keys are no team's business. */
  private Provider shown(ProviderStore.Stored stored) {
    return new Provider(stored.id(), stored.type(), stored.name(), managedConfig);
  }
}
