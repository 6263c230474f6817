package io.moraine.dataset.provider;

import io.moraine.dataset.paging.ListFilter;
import io.moraine.dataset.provider.ProviderBucket.Place;
import io.moraine.dataset.provider.ProviderStore.Own;
import io.moraine.dataset.provider.ProviderStore.Stored;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The providers of a team. Thread-safe; what answers with a Uni never blocks. */
@ApplicationScoped
public class Providers {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
  private static final Map<String, String> ORDER =
      Map.of("name", "name", "id", "id", "dtCreated", "created_at");

  private final ProviderStore store;
  private final ProviderSecrets secrets;
  private final Map<String, String> managedConfig;

  Providers(
      ProviderStore store,
      ProviderSecrets secrets,
      @ConfigProperty(name = "MORAINE_S3_BUCKET", defaultValue = "moraine") String bucket,
      @ConfigProperty(name = "MORAINE_S3_ENDPOINT", defaultValue = "http://127.0.0.1:9090")
          String endpoint,
      @ConfigProperty(name = "MORAINE_S3_REGION", defaultValue = "us-east-1") String region) {
    this.store = store;
    this.secrets = secrets;
    this.managedConfig =
        Map.of(
            "bucket", bucket,
            "endpoint", endpoint,
            "region", region,
            "accessKey", ProviderConfig.MASKED,
            "secretAccessKey", ProviderConfig.MASKED);
  }

  /** The provider of this id; fails with 404 when the team has none. */
  public Uni<Provider> get(TeamId team, String id) {
    return find(team, id).map(found -> found.orElseThrow(() -> missing(id)));
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
                    .collect(Collectors.toUnmodifiableMap(Provider::id, p -> p)));
  }

  /**
   * Whether the team has the provider; if so it stays, its bucket and prefix too, until {@code tx}
   * ends. For whatever begins to use it.
   */
  public Uni<Boolean> use(Transaction tx, TeamId team, ProviderId id) {
    return store.use(tx, team, id);
  }

  /**
   * Where the contents of the provider lie, whosever it is; none when there is no such provider any
   * more. Fails with a 503 when its secret cannot be opened.
   */
  public Uni<Optional<Place>> place(ProviderId id) {
    return store.find(id).map(found -> found.map(this::place));
  }

  Uni<List<Provider>> list(TeamId team, ListFilter filter) {
    return store
        .list(team, filter.orderBy(ORDER, "name ASC", "id"), filter.limit(), filter.skip())
        .map(rows -> rows.stream().map(this::shown).toList());
  }

  /** The provider with what was found out about it. Blocking. */
  CheckedProvider checked(TeamId team, String id) {
    Stored stored = requireOwn(team, id);
    Own own = stored.own().orElseThrow();
    return CheckedProvider.of(shown(stored), own.config(), own.found());
  }

  /** Blocking; fails with a 404, or with a 409 when it is the managed one. */
  Stored requireOwn(TeamId team, String id) {
    return requireOwn(store.find(team, id).await().atMost(DATABASE_PATIENCE), id);
  }

  static Stored requireOwn(Optional<Stored> found, String id) {
    Stored provider = found.orElseThrow(() -> missing(id));
    if (provider.managed()) {
      throw new ProviderProblem.Managed(provider.name()).exception();
    }
    return provider;
  }

  /** Blocking; fails with a 409 when a provider of the team has the name. */
  void refuseTaken(TeamId team, String name) {
    if (store.named(team, name).await().atMost(DATABASE_PATIENCE).isPresent()) {
      throw new ProviderProblem.NameTaken(name).exception();
    }
  }

  /** What {@code config} gives; fails with a 400 when it is none. */
  static ProviderConfig valid(Supplier<ProviderConfig> config) {
    try {
      return config.get();
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid(e.getMessage()).exception();
    }
  }

  private static ProblemException missing(String id) {
    return new RequestProblem.NotFound("storage provider", id).exception();
  }

  private Place place(Stored stored) {
    return new Place(
        stored
            .own()
            .map(
                own ->
                    new ProviderBucket(
                        "Storage provider %s (%s)".formatted(stored.name(), stored.id()),
                        stored.revision(),
                        own.config()
                            .access(secrets.open(stored.id(), own))
                            .withConditionalPuts(own.found().takesConditions()),
                        own.found())));
  }

  /** A managed one lies in the installation's own bucket, whose keys are no team's business. */
  private Provider shown(Stored stored) {
    return new Provider(
        stored.id(),
        stored.type(),
        stored.name(),
        stored.managed(),
        stored.own().map(own -> own.config().shown()).orElse(managedConfig));
  }
}
