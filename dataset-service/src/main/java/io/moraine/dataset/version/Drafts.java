package io.moraine.dataset.version;

import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Versions that this service itself makes for somebody, begun in a transaction that remembers them:
 * so there is one for each thing that is to become a version, whatever crashes. Thread-safe.
 */
@ApplicationScoped
public class Drafts {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final CreateVersion createVersion;
  private final CommitVersion commitVersion;
  private final DeleteVersion deleteVersion;
  private final VersionStore store;
  private final VersionWorker worker;

  Drafts(
      CreateVersion createVersion,
      CommitVersion commitVersion,
      DeleteVersion deleteVersion,
      VersionStore store,
      VersionWorker worker) {
    this.createVersion = createVersion;
    this.commitVersion = commitVersion;
    this.deleteVersion = deleteVersion;
    this.store = store;
    this.worker = worker;
  }

  /** Which committed version {@code wanted} begins as, now. */
  public Uni<Optional<VersionId>> base(TeamId team, DatasetId dataset, NewVersion wanted) {
    return createVersion.base(team, dataset.text(), wanted);
  }

  /**
   * A new open version. None when its random id is taken, or the base is gone: then try it all
   * again. Never blocks.
   */
  public Uni<Optional<Version>> begin(
      Transaction tx, TeamId team, DatasetId dataset, NewVersion wanted, Optional<VersionId> base) {
    return createVersion
        .createIn(tx, team, dataset, wanted, base)
        .map(made -> made.map(CreateVersion.Made::version));
  }

  /** The draft as it is now; none when it was deleted. Blocking. */
  public Optional<Version> find(TeamId team, VersionKey key) {
    return store
        .find(key)
        .await()
        .atMost(DATABASE_PATIENCE)
        .filter(version -> version.state() != VersionState.DELETING)
        .filter(version -> version.store().team().equals(team));
  }

  /**
   * Commits, however long it takes; repeatable. Blocking. Fails with the problem that the commit
   * has; then the version is open, or gone.
   */
  public Version commit(Version version, String message) {
    Version entered =
        commitVersion.enter(version, Optional.of(message)).await().atMost(DATABASE_PATIENCE);
    if (entered.state() == VersionState.COMMITTING) {
      finish(entered.key());
    }
    return store.find(version.key()).await().atMost(DATABASE_PATIENCE).orElse(entered);
  }

  private void finish(VersionKey key) {
    try {
      worker.finish(key).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /**
   * Forgets a draft: nobody wants it any more. One that is gone, or committed by its user
   * meanwhile, is left alone. Blocking.
   */
  public void discard(TeamId team, VersionKey key) {
    boolean isOpen =
        find(team, key).filter(version -> version.state() == VersionState.OPEN).isPresent();
    if (!isOpen) {
      return;
    }
    try {
      deleteVersion.enter(key, Precondition.NONE).await().atMost(DATABASE_PATIENCE);
      worker.finish(key);
    } catch (ProblemException e) {
      // Somebody holds it, or commits it: it is theirs now.
    }
  }
}
