package io.moraine.dataset.team;

import io.moraine.dataset.key.Keys;
import io.moraine.kit.auth.ApiKey;
import io.moraine.kit.auth.Role;
import io.moraine.kit.auth.ServiceKey;
import io.moraine.kit.database.Database;
import io.moraine.vocabulary.TeamId;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Sees to it that the operator's team, its admin key and the services' key are there. May run
 * twice, in two instances at once too.
 */
@ApplicationScoped
class FirstTeamStartup {
  private static final String NAME = "default";
  private static final int FIRST = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Database database;
  private final TeamStore store;
  private final Keys keys;
  private final ServiceKey serviceKey;
  private final Path adminKeyFile;

  FirstTeamStartup(
      Database database,
      TeamStore store,
      Keys keys,
      ServiceKey serviceKey,
      @ConfigProperty(name = "MORAINE_ADMIN_KEY_FILE") Path adminKeyFile) {
    this.database = database;
    this.store = store;
    this.keys = keys;
    this.serviceKey = serviceKey;
    this.adminKeyFile = adminKeyFile;
  }

  void insertWhatIsMissing(@Observes @Priority(FIRST) StartupEvent start) throws IOException {
    ApiKey adminKey =
        ApiKey.parse(Files.readString(adminKeyFile))
            .orElseThrow(() -> new IOException(adminKeyFile + " holds no API key"));
    ApiKey own = serviceKey.key();
    database
        .transaction(
            tx ->
                store
                    .insert(tx, new Team(TeamId.random(), NAME, true))
                    .chain(() -> store.named(tx, NAME))
                    .chain(
                        team -> keys.adopt(tx, adminKey, Role.ADMIN, NAME, Optional.of(team.id())))
                    .chain(() -> keys.adopt(tx, own, Role.SERVICE, "services", Optional.empty())))
        .await()
        .atMost(PATIENCE);
  }
}
