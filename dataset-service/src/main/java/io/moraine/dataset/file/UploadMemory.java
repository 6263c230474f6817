package io.moraine.dataset.file;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.moraine.content.file.FileCutter;
import io.moraine.content.format.Limits;
import io.moraine.dataset.content.Lane;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The memory that uploads are held in, shared by all of them. Every put begins with a little, of
 * which there is enough for all, and takes what a piece needs only when so much has arrived:
 * whoever sends nothing keeps nobody waiting, and small files never wait for large ones. One team
 * has three quarters of it at most, and what waits for one bucket of a team's own a half, so that
 * there is a piece's room for the others. Objects that are looked at have memory of their own.
 * Thread-safe.
 */
@ApplicationScoped
public class UploadMemory {
  /** Memory that one put has until it is closed. For one thread. */
  public final class Share implements AutoCloseable {
    /** What it is taken from, always in this order. */
    private final List<Semaphore> budgets;

    private final int most;
    private final int beginning;
    private int kibibytes;

    private Share(List<Semaphore> budgets, int most, int beginning) {
      this.budgets = budgets;
      this.most = most;
      this.beginning = beginning;
    }

    /**
     * Called before a buffer grows to {@code bytes}. Beyond the beginning it waits for all that the
     * put will ever need for one piece: who waits has little, so there is always somebody to go on.
     * Fails with a 503 when there is none for too long.
     */
    public void atLeast(int bytes) {
      if (kibibytes == 0 && Math.min(most, kibibytes(bytes)) > beginning) {
        acquire(budgets, most);
        kibibytes = most;
      }
    }

    /** Whether there is room for one more piece at once: a put can do without. */
    boolean growByPiece() {
      boolean grown = tryAcquire(budgets, PIECE_KIBIBYTES, 0);
      kibibytes += grown ? PIECE_KIBIBYTES : 0;
      return grown;
    }

    @Override
    public void close() {
      budgets.forEach(budget -> budget.release(kibibytes));
      beginnings.release(beginning);
    }
  }

  private static final int PIECE_KIBIBYTES = Limits.PIECE_BYTES >> 10;
  private static final int LEAST_KIBIBYTES = 64;
  private static final int BEGINNING_KIBIBYTES = 256;

  private final Semaphore pieces;
  private final Semaphore beginnings;
  private final Semaphore checks;
  private final int all;
  private final int allChecks;
  // Gone when no share is left that has one.
  private final Cache<TeamId, Semaphore> teams = Caffeine.newBuilder().weakValues().build();
  private final Cache<Lane, Semaphore> lanes = Caffeine.newBuilder().weakValues().build();
  private final Cache<Lane, Semaphore> checkLanes = Caffeine.newBuilder().weakValues().build();
  private final Duration patience;

  UploadMemory(
      @ConfigProperty(name = "moraine.uploads.memory-bytes") long bytes,
      @ConfigProperty(name = "moraine.uploads.beginnings-bytes") long beginningsBytes,
      @ConfigProperty(name = "moraine.uploads.check-memory-bytes") long checkBytes,
      @ConfigProperty(name = "moraine.uploads.patience") Duration patience) {
    requirePiece("moraine.uploads.memory-bytes", bytes);
    requirePiece("moraine.uploads.check-memory-bytes", checkBytes);
    // Not fair: small files need not wait behind a large one.
    this.all = kibibytes(bytes);
    this.allChecks = kibibytes(checkBytes);
    this.pieces = new Semaphore(all);
    this.beginnings = new Semaphore(kibibytes(beginningsBytes));
    this.checks = new Semaphore(allChecks);
    this.patience = patience;
  }

  private static void requirePiece(String setting, long bytes) {
    if (bytes < Limits.PIECE_BYTES) {
      throw new IllegalArgumentException(
          setting + " is " + bytes + "; one piece needs " + Limits.PIECE_BYTES);
    }
  }

  private static int kibibytes(long bytes) {
    return Math.toIntExact((bytes + 1023) >> 10);
  }

  /**
   * A share for a body of {@code length} bytes that {@code team} sends, to a bucket of {@code lane}
   * as far as is known. Blocking. Fails with a 503 when there is no room for its beginning for too
   * long.
   */
  public Share take(TeamId team, Lane lane, long length) {
    int most =
        length == FileCutter.UNKNOWN_LENGTH || length > Limits.PIECE_BYTES
            ? PIECE_KIBIBYTES
            : Math.max(LEAST_KIBIBYTES, kibibytes(length));
    int beginning = Math.min(most, BEGINNING_KIBIBYTES);
    acquire(List.of(beginnings), beginning);
    Semaphore ofTeam =
        teams.get(team, any -> new Semaphore(Math.max(PIECE_KIBIBYTES, all / 4 * 3)));
    return new Share(List.of(ofTeam, ofLane(lanes, lane, all), pieces), most, beginning);
  }

  /**
   * Waits for as much as an object to be looked at needs, of a bucket of {@code lane}. Blocking;
   * fails as {@link #take}.
   */
  public Share takeForCheck(Lane lane, long length) {
    int most = Math.max(LEAST_KIBIBYTES, kibibytes(length));
    Share share = new Share(List.of(ofLane(checkLanes, lane, allChecks), checks), most, 0);
    share.atLeast((int) Math.max(1, length));
    return share;
  }

  private static Semaphore ofLane(Cache<Lane, Semaphore> lanes, Lane lane, int all) {
    return lanes.get(
        lane, any -> new Semaphore(lane.managed() ? all : Math.max(PIECE_KIBIBYTES, all / 2)));
  }

  private void acquire(List<Semaphore> budgets, int kibibytes) {
    if (!tryAcquire(budgets, kibibytes, patience.toNanos())) {
      throw new FileProblem.TooManyUploads(patience).exception();
    }
  }

  /** All or none of it, within {@code nanos}. */
  private static boolean tryAcquire(List<Semaphore> budgets, int kibibytes, long nanos) {
    long end = System.nanoTime() + nanos;
    int taken = 0;
    try {
      for (Semaphore budget : budgets) {
        if (!budget.tryAcquire(kibibytes, end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          break;
        }
        taken++;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (taken < budgets.size()) {
      budgets.stream().limit(taken).forEach(budget -> budget.release(kibibytes));
    }
    return taken == budgets.size();
  }
}
