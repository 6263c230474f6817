package io.moraine.dataset.key;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.moraine.dataset.paging.PageFilter;
import io.moraine.kit.auth.ApiKey;
import io.moraine.kit.auth.KeyCheck;
import io.moraine.kit.auth.KeyInfo;
import io.moraine.kit.auth.Role;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The keys, looked up in the table. A valid key is remembered for 2 s, so that a stream of small
 * requests does not double its round trips; one revoked through this process is forgotten at once,
 * one revoked through another instance within those 2 s. Thread-safe; never blocks.
 */
@ApplicationScoped
public class Keys implements KeyCheck {
  private static final Duration REMEMBERED = Duration.ofSeconds(2);
  private static final int MOST_REMEMBERED = 10_000;

  private final KeyStore store;
  private final AsyncCache<String, Optional<StoredKey>> known =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MOST_REMEMBERED).buildAsync();

  Keys(KeyStore store) {
    this.store = store;
  }

  @Override
  public Uni<Optional<KeyInfo>> check(ApiKey key) {
    return Uni.createFrom()
        .completionStage(
            () ->
                known.get(key.id(), (id, executor) -> store.valid(id).subscribeAsCompletionStage()))
        .map(found -> found.filter(stored -> stored.isProvedBy(key)).map(StoredKey::info));
  }

  /** What the key of this public id is, when it is valid; asks the table itself. */
  public Uni<Optional<KeyInfo>> find(String id) {
    return store.valid(id).map(found -> found.map(StoredKey::info));
  }

  /** Makes a key of {@code team}. */
  public Uni<NewKey> issue(Transaction tx, TeamId team, Role role, String name) {
    ApiKey key = ApiKey.random();
    return store
        .insert(tx, key, role, name, team)
        .map(created -> new NewKey(key.id(), role, name, key.text(), created));
  }

  /** Takes in a key that was made elsewhere, unless its id is known. */
  public Uni<Void> adopt(
      Transaction tx, ApiKey key, Role role, String name, Optional<TeamId> team) {
    return store.insertIfMissing(tx, key, role, name, team);
  }

  /**
   * The team's keys after the one of this id, revoked ones too, oldest first; all of them after
   * none. Fails with a 400 when the team has no such key.
   */
  Uni<List<ListedKey>> ofTeam(TeamId team, String after, int most) {
    return after.isEmpty()
        ? store.ofTeam(team, after, most)
        : store
            .isOf(team, after)
            .invoke(
                known -> {
                  if (!known) {
                    throw PageFilter.refused();
                  }
                })
            .chain(() -> store.ofTeam(team, after, most));
  }

  /** Whether the team has such a key. */
  Uni<Boolean> revoke(TeamId team, String id) {
    return store.revoke(team, id).invoke(() -> known.synchronous().invalidate(id));
  }
}
