package io.moraine.dataset.imports;

import io.moraine.dataset.content.Contents;
import io.moraine.dataset.file.FileBatches;
import io.moraine.dataset.imports.ImportStore.Claimed;
import io.moraine.dataset.version.Drafts;
import io.moraine.dataset.version.NewVersion;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionKey;
import io.moraine.dataset.version.VersionState;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.database.Database;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * What an import does, from wherever an earlier try left it: begin a draft, fill it, commit it,
 * end.
 *
 * <ol>
 *   <li>The draft is made in the transaction that writes it down, so there is one.
 *   <li>The source is pinned to what it was found to be; when it is another later, the draft is
 *       given up for a new one.
 *   <li>Committing is entered in one statement, which cancelling loses against from then on; the
 *       commit itself may be repeated.
 *   <li>What failed and may pass is let go of for a while; what will not ends the import, and its
 *       draft goes.
 * </ol>
 *
 * Thread-safe, blocking. No connection is held while a source or the bucket is spoken to.
 */
@ApplicationScoped
class RunImport {
  private static final Logger LOG = Logger.getLogger(RunImport.class);
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** A version's message has 4,096 characters: the user's 2,000, and this. */
  private static final int LONGEST_ORIGIN = 2_000;

  private static final int LONGEST_REASON = 2_000;
  private static final int DRAFT_TRIES = 5;
  private static final int SERVER_ERROR = 500;

  private final Database database;
  private final ImportStore store;
  private final BeginImport beginImport;
  private final Fetches fetches;
  private final Drafts drafts;
  private final FileBatches batches;
  private final Contents contents;
  private final ImportConfig limits;
  private final ImportMetrics metrics;

  RunImport(
      Database database,
      ImportStore store,
      BeginImport beginImport,
      Fetches fetches,
      Drafts drafts,
      FileBatches batches,
      Contents contents,
      ImportConfig limits,
      ImportMetrics metrics) {
    this.database = database;
    this.store = store;
    this.beginImport = beginImport;
    this.fetches = fetches;
    this.drafts = drafts;
    this.batches = batches;
    this.contents = contents;
    this.limits = limits;
    this.metrics = metrics;
  }

  /** The state of an import that {@code owner} just got. */
  ImportRun begin(Claimed claimed, UUID owner) {
    return new ImportRun(
        claimed.view().id(),
        claimed.done(),
        claimed.view().revision(),
        claimed.version().isEmpty(),
        revision ->
            store.pin(claimed.view().id(), owner, revision).await().atMost(DATABASE_PATIENCE));
  }

  /** Brings it as far as it comes: to its end, or until it is tried again later. */
  void run(Claimed claimed, ImportRun run, UUID owner) {
    Job job = new Job(claimed, run, owner);
    try {
      job.run();
    } catch (ImportStoppedException e) {
      job.stopped();
    } catch (ImportFailedException e) {
      job.fail(e.getMessage());
    } catch (ProblemException e) {
      job.refused(e);
    } catch (IOException | RuntimeException e) {
      job.later(e);
    } finally {
      metrics.read(Math.max(0, run.position().bytes() - claimed.done().bytes()));
    }
  }

  /** One try of one import. For one thread. */
  private final class Job {
    private final Claimed claimed;
    private final ImportRun run;
    private final UUID owner;
    private Optional<VersionKey> draft;

    Job(Claimed claimed, ImportRun run, UUID owner) {
      this.claimed = claimed;
      this.run = run;
      this.owner = owner;
      this.draft = claimed.version();
    }

    void run() throws IOException {
      if (claimed.cancelling() && claimed.view().state() != ImportState.COMMITTING) {
        throw new ImportStoppedException();
      }
      if (claimed.tries() > limits.tries()) {
        throw new ImportFailedException(
            "It was begun %d times without coming further. %s"
                .formatted(limits.tries(), claimed.view().reason().orElse("")));
      }
      if (claimed.view().state() != ImportState.COMMITTING) {
        String origin = fetch(beginImport.source(claimed));
        FaultPoint.reached("import.fetched");
        enterCommitting(origin);
      }
      commit();
    }

    private String fetch(ImportSource source) throws IOException {
      try {
        return fetch(source, draft());
      } catch (SourceChangedException e) {
        LOG.infof("%s begins anew: %s", run.id(), e.getMessage());
        beginAnew();
        return fetch(source, draft());
      }
    }

    private String fetch(ImportSource source, Version into) throws IOException {
      Landing landing =
          new Landing(run, into, claimed.directory(), batches.into(into), contents, store, limits);
      String origin = fetches.of(claimed.team(), source).into(landing, run);
      landing.flush();
      return origin;
    }

    private Version draft() {
      if (draft.isEmpty()) {
        draft = Optional.of(newDraft());
        FaultPoint.reached("import.begun");
      }
      return drafts
          .find(claimed.team(), draft.get())
          .filter(version -> version.state() == VersionState.OPEN)
          .orElseThrow(
              () ->
                  new ImportFailedException(
                      "Its draft " + draft.get() + " was deleted or committed by somebody else."));
    }

    private void beginAnew() {
      Optional<VersionKey> old = draft;
      draft = Optional.of(newDraft());
      run.beginAnew();
      old.ifPresent(version -> drafts.discard(claimed.team(), version));
    }

    private VersionKey newDraft() {
      Import wanted = claimed.view();
      NewVersion version =
          new NewVersion(
              claimed.onLatest() ? Optional.of(new DatasetRef.Latest()) : Optional.empty(),
              wanted.message(),
              wanted.tags(),
              Optional.empty());
      for (int i = 0; i < DRAFT_TRIES; i++) {
        Optional<Version> made =
            base(version).chain(base -> newDraft(version, base)).await().atMost(DATABASE_PATIENCE);
        if (made.isPresent()) {
          return made.get().key();
        }
      }
      throw new IllegalStateException("No draft could be made for " + wanted.id());
    }

    /** A dataset without versions is as good a base as none. */
    private Uni<Optional<VersionId>> base(NewVersion version) {
      return drafts
          .base(claimed.team(), claimed.view().dataset(), version)
          .onFailure(e -> e instanceof ProblemException p && p.problem().status() == 404)
          .recoverWithItem(Optional.empty());
    }

    private Uni<Optional<Version>> newDraft(NewVersion version, Optional<VersionId> base) {
      NewVersion wanted =
          base.isPresent()
              ? version
              : new NewVersion(
                  Optional.empty(), version.message(), version.tags(), Optional.empty());
      return database.transaction(
          tx ->
              drafts
                  .begin(tx, claimed.team(), claimed.view().dataset(), wanted, base)
                  .call(
                      made ->
                          made.map(
                                  draft ->
                                      store
                                          .begun(tx, run.id(), owner, draft.key().version())
                                          .invoke(Job.this::requireOurs))
                              .orElseGet(() -> Uni.createFrom().item(true))));
    }

    private void requireOurs(boolean isOurs) {
      if (!isOurs) {
        throw new ImportStoppedException();
      }
    }

    private void enterCommitting(String origin) {
      boolean entered =
          store
              .committing(run.id(), owner, run.position(), message(origin))
              .await()
              .atMost(DATABASE_PATIENCE);
      requireOurs(entered);
      FaultPoint.reached("import.committing");
    }

    private String message(String origin) {
      String from = "Imported from " + cut(origin, LONGEST_ORIGIN);
      String own = claimed.view().message();
      return own.isEmpty() ? from : own + "\n\n" + from;
    }

    private void commit() {
      VersionKey key = draft.orElseThrow();
      Version version =
          drafts
              .find(claimed.team(), key)
              .orElseThrow(
                  () ->
                      new ImportFailedException("Its version " + key + " was deleted meanwhile."));
      String message = store.commitMessage(run.id()).await().atMost(DATABASE_PATIENCE);
      Version committed = drafts.commit(version, message);
      FaultPoint.reached("import.committed");
      if (committed.state() != VersionState.COMMITTED) {
        throw new IllegalStateException(key + " is " + committed.state().text());
      }
      end(ImportState.DONE, "");
    }

    /** Of a lost lease its new owner decides: what is said here counts for nobody then. */
    void stopped() {
      if (store.isCancelling(run.id(), owner).await().atMost(DATABASE_PATIENCE)) {
        draft.ifPresent(version -> drafts.discard(claimed.team(), version));
        end(ImportState.CANCELLED, "");
      } else if (run.isOverdue()) {
        fail("It took longer than " + limits.longest().toHours() + " hours. Import it in parts.");
      } else {
        letGo(Duration.ZERO, "");
      }
    }

    void fail(String reason) {
      draft.ifPresent(version -> drafts.discard(claimed.team(), version));
      end(ImportState.FAILED, cut(reason, LONGEST_REASON));
    }

    /** A refusal of ours: of a file or of the commit. */
    void refused(ProblemException e) {
      if (e.problem().status() >= SERVER_ERROR) {
        later(e);
      } else {
        fail(e.getMessage());
      }
    }

    void later(Exception e) {
      if (run.isStopped()) { // what failed is what the stop broke
        stopped();
        return;
      }
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      boolean cameFurther = !run.done().equals(claimed.done());
      int tries = cameFurther ? 1 : claimed.tries();
      if (tries >= limits.tries()) {
        fail("It was tried %d times. %s".formatted(tries, reason));
        return;
      }
      Duration pause = limits.firstPause().multipliedBy(1L << Math.min(tries - 1, 16));
      Duration bounded = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
      LOG.infof("%s is tried again in %s: %s", run.id(), bounded, reason);
      letGo(bounded, cut("It is tried again: " + reason, LONGEST_REASON));
    }

    private void letGo(Duration pause, String reason) {
      store.save(run.id(), owner, pause, run.position()).await().atMost(DATABASE_PATIENCE);
      store.later(run.id(), owner, pause, reason).await().atMost(DATABASE_PATIENCE);
    }

    private void end(ImportState end, String reason) {
      if (store.end(run.id(), owner, end, reason).await().atMost(DATABASE_PATIENCE)) {
        metrics.ended(end);
        LOG.infof("%s %s %s", run.id(), end.text(), reason);
      }
    }
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
