package io.moraine.dataset.team;

import io.moraine.content.store.ObjectKeys;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.content.store.TeamRecord;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.key.Keys;
import io.moraine.kit.auth.ApiKey;
import io.moraine.kit.auth.Role;
import io.moraine.kit.auth.ServiceKey;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.TeamId;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Sees to it that the operator's team, its admin key and the services' key are there. A database
 * without teams takes over those that the bucket has records of: it is a lost one's successor. May
 * run twice, in two instances at once too.
 */
@ApplicationScoped
class FirstTeamStartup {
  private static final Logger LOG = Logger.getLogger(FirstTeamStartup.class);
  private static final String NAME = "default";
  private static final int FIRST = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Database database;
  private final TeamStore store;
  private final Keys keys;
  private final ServiceKey serviceKey;
  private final Buckets buckets;
  private final Path adminKeyFile;

  FirstTeamStartup(
      Database database,
      TeamStore store,
      Keys keys,
      ServiceKey serviceKey,
      Buckets buckets,
      @ConfigProperty(name = "MORAINE_ADMIN_KEY_FILE") Path adminKeyFile) {
    this.database = database;
    this.store = store;
    this.keys = keys;
    this.serviceKey = serviceKey;
    this.buckets = buckets;
    this.adminKeyFile = adminKeyFile;
  }

  void insertWhatIsMissing(@Observes @Priority(FIRST) StartupEvent start) throws IOException {
    ApiKey adminKey =
        ApiKey.parse(Files.readString(adminKeyFile))
            .orElseThrow(() -> new IOException(adminKeyFile + " holds no API key"));
    ApiKey own = serviceKey.key();
    Map<TeamId, TeamRecord> remembered =
        store.any().await().atMost(PATIENCE) ? Map.of() : remembered();
    database
        .transaction(
            tx ->
                takeOver(tx, remembered)
                    .chain(() -> store.insert(tx, new Team(TeamId.random(), NAME, true)))
                    .chain(() -> store.named(tx, NAME))
                    .chain(
                        team -> keys.adopt(tx, adminKey, Role.ADMIN, NAME, Optional.of(team.id())))
                    .chain(() -> keys.adopt(tx, own, Role.SERVICE, "services", Optional.empty())))
        .await()
        .atMost(PATIENCE);
  }

  private Uni<Void> takeOver(Transaction tx, Map<TeamId, TeamRecord> remembered) {
    return Multi.createFrom()
        .iterable(remembered.entrySet())
        .onItem()
        .transformToUniAndConcatenate(team -> store.takeOver(tx, team.getKey(), team.getValue()))
        .collect()
        .last();
  }

  /** The teams that the installation's own bucket has records of. */
  private Map<TeamId, TeamRecord> remembered() throws IOException {
    String prefix = ObjectKeys.TEAMS;
    Map<TeamId, TeamRecord> teams = new LinkedHashMap<>();
    Iterator<Listed> records = buckets.managed().list(prefix);
    while (records.hasNext()) {
      Listed record = records.next();
      try (InputStream in = buckets.managed().get(record.key(), 0, record.sizeBytes())) {
        TeamId id = new TeamId(record.key().substring(prefix.length()));
        teams.put(id, TeamRecord.decode(in.readAllBytes()));
      }
    }
    if (!teams.isEmpty()) {
      LOG.warnf(
          "The database is empty, but the bucket remembers %d teams: they are taken over. Their"
              + " datasets are back after POST /rebuilds.",
          teams.size());
    }
    return teams;
  }
}
