package io.moraine.dataset.version;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.PathClashException;
import io.moraine.content.tree.VersionRoot;
import io.moraine.content.tree.VersionTree;
import io.moraine.dataset.announce.Announcements;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.NodePacker;
import io.moraine.dataset.tag.Tags;
import io.moraine.dataset.team.TeamRecords;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.TagName;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What "commit" means: open → committing → committed.
 *
 * <ol>
 *   <li>{@link #enter}: one transaction after which no put is taken, and in which everything is
 *       fixed that the bucket will say. It refuses while a file that was announced has not arrived.
 *   <li>{@link #finish}: the staged changes are merged into the base tree, its new nodes and then
 *       the version record are put into the bucket. Both follow from what is staged, so that doing
 *       it again, after a crash or twice at once, writes the same bytes. Only here is it known
 *       whether a file and a directory would have one name: then the version is opened again.
 *   <li>One transaction more says that it is committed, sets its tags and leaves the events.
 *   <li>The staged changes, now without use, are deleted; nobody waits for that.
 * </ol>
 *
 * No connection is held while the bucket is spoken to. Thread-safe. Rule: design section 4.
 */
@ApplicationScoped
class CommitVersion {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  /** How often a tree is put whose nodes were collected before they counted. */
  private static final int TRIES = 3;

  /** A tree in the bucket, and those of its nodes that the base does not vouch for. */
  record PutTree(VersionRoot root, Set<ContentId> nodes) {}

  private final Database database;
  private final VersionStore versions;
  private final CommitStore commits;
  private final Announcements announcements;
  private final Contents contents;
  private final TeamRecords teams;
  private final Tags tags;
  private final Outbox outbox;
  private final MeterRegistry metrics;

  CommitVersion(
      Database database,
      VersionStore versions,
      CommitStore commits,
      Announcements announcements,
      Contents contents,
      TeamRecords teams,
      Tags tags,
      Outbox outbox,
      MeterRegistry metrics) {
    this.database = database;
    this.versions = versions;
    this.commits = commits;
    this.announcements = announcements;
    this.contents = contents;
    this.teams = teams;
    this.tags = tags;
    this.outbox = outbox;
    this.metrics = metrics;
  }

  /**
   * Makes an open version committing; one that is so already, or committed, is answered with as it
   * is.
   *
   * @param message replaces the version's, when given
   */
  Uni<Version> enter(Version version, Optional<String> message) {
    return enter(version, message, Precondition.NONE);
  }

  /** As {@link #enter(Version, Optional)}, if the version is as {@code precondition} says. */
  Uni<Version> enter(Version version, Optional<String> message, Precondition precondition) {
    return database
        .transaction(
            tx ->
                versions
                    .require(tx, version.key(), precondition)
                    .chain(() -> enter(tx, version.key(), message)))
        .onFailure(CommitStore::isOutputTaken)
        .recoverWithUni(() -> refuseOutput(version))
        .invoke(() -> FaultPoint.reached("commit.entered"));
  }

  private Uni<Version> enter(Transaction tx, VersionKey key, Optional<String> message) {
    return commits
        .enter(tx, key, message)
        .chain(
            entered ->
                entered.isPresent()
                    ? refuseMissing(tx, key).replaceWith(entered.get())
                    : versions.require(tx, key));
  }

  /** Only now that nothing can be announced or staged any more is it known what did not arrive. */
  private Uni<Void> refuseMissing(Transaction tx, VersionKey key) {
    return announcements
        .missing(tx, key.dataset(), key.version())
        .invoke(
            missing -> {
              if (missing.count() > 0) {
                throw new VersionProblem.FilesMissing(key, missing.count(), missing.first())
                    .exception();
              }
            })
        .replaceWithVoid();
  }

  private Uni<Version> refuseOutput(Version loser) {
    return commits
        .output(loser.key(), loser.origin().orElseThrow())
        .map(winner -> winner.orElse(loser.key()))
        .map(
            winner -> {
              throw new VersionProblem.OutputTaken(loser.key(), winner).exception();
            });
  }

  /**
   * Rolls a committing version forward until it is committed. Blocking; repeatable. Fails with
   * {@link VersionProblem.FileAndDirectory} when what is staged is no version: then it is open
   * again, and nothing of it is in the bucket.
   */
  void finish(Version version) {
    Timer.Sample time = Timer.start(metrics);
    PutTree tree = putTreeOrReopen(version);
    if (!isStill(version)) {
      return;
    }
    putRecord(version, tree.root());
    if (markCommitted(version, tree)) {
      metrics.counter("moraine.commits").increment();
      time.stop(metrics.timer("moraine.commit"));
    }
  }

  private PutTree putTreeOrReopen(Version version) {
    try {
      return putTree(version);
    } catch (PathClashException clash) {
      commits.reopen(version).await().atMost(DATABASE_PATIENCE);
      FaultPoint.reached("commit.reopened");
      throw new VersionProblem.FileAndDirectory(version.key(), clash.file(), clash.below())
          .exception();
    }
  }

  /**
   * Whether it is in this same commit still: if so, all that was read of its staged changes was
   * read while nothing could change them. Else somebody else has finished it, or opened it again.
   */
  private boolean isStill(Version version) {
    return versions
        .find(version.key())
        .map(found -> found.filter(now -> now.state() == VersionState.COMMITTING))
        .map(found -> found.flatMap(Version::committedAt).equals(version.committedAt()))
        .await()
        .atMost(DATABASE_PATIENCE);
  }

  /** Merges the staged changes into the base, and puts the nodes that are new. */
  PutTree putTree(Version version) {
    NodePacker nodes = contents.packNodes(version.store());
    VersionRoot root =
        new VersionTree(version.baseRoot(), digest -> contents.node(version.store(), digest))
            .apply(staged(version.key()), nodes);
    nodes.finish();
    FaultPoint.reached("commit.nodes-put");
    return new PutTree(root, nodes.nodes());
  }

  private StagedChanges staged(VersionKey key) {
    return new StagedChanges(
        after -> commits.changes(key, after).await().atMost(DATABASE_PATIENCE), CommitStore.PAGE);
  }

  /** From here on it is committed for whoever rebuilds from the bucket, which knows its team. */
  void putRecord(Version version, VersionRoot root) {
    teams.require(version.store().team());
    contents.putRecord(
        version.store(), version.key().dataset(), version.key().version(), version.record(root));
    FaultPoint.reached("commit.record-put");
  }

  /**
   * Whether this call did it: not when another was first. Nodes that a collector took before they
   * counted are put again.
   */
  boolean markCommitted(Version version, PutTree put) {
    PutTree tree = put;
    for (int i = 0; i < TRIES; i++) {
      try {
        boolean marked = mark(version, tree).await().atMost(DATABASE_PATIENCE).isPresent();
        FaultPoint.reached("commit.marked");
        return marked;
      } catch (NodesGoneException e) {
        tree = putTree(version);
      }
    }
    throw new IllegalStateException(
        "The nodes of " + version.key() + " are collected again and again");
  }

  private Uni<Optional<Version>> mark(Version version, PutTree tree) {
    return database.transaction(
        tx ->
            versions
                .lock(tx, version.key())
                .map(found -> found.filter(v -> v.state() == VersionState.COMMITTING))
                .call(
                    found ->
                        found
                            .map(committing -> markCommitted(tx, committing, tree))
                            .orElseGet(() -> Uni.createFrom().voidItem())));
  }

  /** The events last: taking their sequence locks the whole dataset's. */
  private Uni<Void> markCommitted(Transaction tx, Version version, PutTree tree) {
    return contents
        .keep(tx, version.store(), tree.nodes())
        .invoke(NodesGoneException::requireNone)
        .chain(() -> markKept(tx, version, tree.root()));
  }

  private Uni<Void> markKept(Transaction tx, Version version, VersionRoot root) {
    return commits
        .lockTags(tx, version.key().dataset(), version.requestedTags())
        .chain(() -> outbox.append(tx, VersionEvents.committed(version, root)))
        .chain(sequence -> commits.markCommitted(tx, version.key(), root, sequence))
        .chain(() -> setTags(tx, version));
  }

  private Uni<Void> setTags(Transaction tx, Version version) {
    Uni<Void> all = Uni.createFrom().voidItem();
    for (TagName tag : version.requestedTags()) {
      VersionKey key = version.key();
      all =
          all.chain(() -> tags.set(tx, version.store().team(), key.dataset(), tag, key.version()));
    }
    return all;
  }

  /** Deletes what was staged for a committed version. Blocking; repeatable. */
  void clear(VersionKey key) {
    versions.clear(key).await().atMost(DATABASE_PATIENCE);
    commits.markCleared(key).await().atMost(DATABASE_PATIENCE);
    FaultPoint.reached("commit.cleared");
  }
}
