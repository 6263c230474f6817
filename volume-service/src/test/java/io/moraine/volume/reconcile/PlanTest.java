package io.moraine.volume.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.events.run.Outcome;
import io.moraine.volume.reconcile.World.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PlanTest {
  private static final Fate GOOD = new Fate(true, true, true, Outcome.SUCCEEDED, Outcome.SUCCEEDED);

  /** Something that happens between two looks. */
  private enum Happening {
    /** A whole plan is carried out. */
    PASS,
    /** A plan is carried out up to some step, whose effect is not written down: kill -9. */
    CRASH,
    ENGINE,
    OTHERS,
    TIME
  }

  private record Move(Happening what, int where) {}

  @Provide
  Arbitrary<List<Move>> schedules() {
    return Combinators.combine(
            Arbitraries.of(Happening.class), Arbitraries.integers().between(0, 6))
        .as(Move::new)
        .list()
        .ofMaxSize(60);
  }

  @Provide
  Arbitrary<Fate> fates() {
    Arbitrary<Boolean> yesOrNo =
        Arbitraries.frequency(net.jqwik.api.Tuple.of(4, true), net.jqwik.api.Tuple.of(1, false));
    Arbitrary<Outcome> outcomes = Arbitraries.of(Outcome.class);
    return Combinators.combine(yesOrNo, yesOrNo, yesOrNo, outcomes, outcomes).as(Fate::new);
  }

  @Property(tries = 2000)
  void whateverTheOrderAndWhereverItCrashesARunEndsTheSame(
      @ForAll("fates") Fate fate, @ForAll("schedules") List<Move> schedule) {
    World world = new World(fate);

    schedule.forEach(move -> make(world, move));
    runToTheEnd(world);

    assertThat(world.closed()).isEqualTo(expected(fate));
    assertThat(world.isClean()).as("nothing is held, pinned or mounted any more").isTrue();
    assertThat(world.jobReady).doesNotHaveDuplicates();
    assertThat(world.runRejected).isEqualTo(expected(fate) == RunState.REJECTED ? 1 : 0);
    assertThat(world.committed).isEqualTo(commits(fate) ? 1 : 0);
  }

  @Property(tries = 1000)
  void aRunThatIsEndedAtAnyMomentLeavesNothing(
      @ForAll("fates") Fate fate,
      @ForAll("schedules") List<Move> before,
      @ForAll Outcome how,
      @ForAll("schedules") List<Move> after) {
    World world = new World(fate);

    before.forEach(move -> make(world, move));
    world.tellRunFinished(how);
    world.tellRunFinished(Outcome.FAILED);
    after.forEach(move -> make(world, move));
    runToTheEnd(world);

    assertThat(world.isClosed()).isTrue();
    assertThat(world.isClean()).isTrue();
    assertThat(world.jobReady).doesNotHaveDuplicates();
    assertThat(world.committed).isLessThanOrEqualTo(1);
  }

  @Property(tries = 500)
  void everyStepMayBeRepeated(
      @ForAll("fates") Fate fate, @ForAll("schedules") List<Move> schedule) {
    World world = new World(fate);
    for (Move move : schedule) {
      make(world, move);
      plan(world)
          .forEach(
              step -> {
                world.take(step, false);
                world.take(step, false);
              });
    }
    runToTheEnd(world);

    assertThat(world.closed()).isEqualTo(expected(fate));
    assertThat(world.isClean()).isTrue();
    assertThat(world.jobReady).doesNotHaveDuplicates();
    assertThat(world.runRejected).isLessThanOrEqualTo(1);
  }

  @Example
  void aRejectionNamesEveryReason() {
    World world = new World(new Fate(false, true, true, Outcome.SUCCEEDED, Outcome.SUCCEEDED));

    pass(world);

    assertThat(plan(world)).containsExactly(new Step.Reject(List.of("There is no dataset faces.")));
  }

  @Example
  void refsAreFrozenBeforeAnythingElseAndLeasesRenewed() {
    World world = new World(GOOD);
    assertThat(plan(world)).hasOnlyElementsOfTypes(Step.Hold.class, Step.FindDataset.class);
    pass(world);

    assertThat(plan(world)).hasAtLeastOneElementOfType(Step.Pin.class);
    world.passTime(Duration.ofMinutes(31));

    assertThat(plan(world)).first().isInstanceOf(Step.Hold.class);
  }

  @Example
  void nothingIsPlannedWhileAJobWorks() {
    World world = new World(GOOD);
    while (world.jobReady.isEmpty()) {
      pass(world);
      world.others();
    }

    assertThat(plan(world)).isEmpty();
  }

  private static RunState expected(Fate fate) {
    if (!fate.refExists() || !fate.cacheHasRoom()) {
      return RunState.REJECTED;
    }
    if (fate.train() != Outcome.SUCCEEDED) {
      return RunState.of(fate.train());
    }
    return fate.sealable() ? RunState.of(fate.test()) : RunState.FAILED;
  }

  private static boolean commits(Fate fate) {
    return fate.refExists()
        && fate.cacheHasRoom()
        && fate.sealable()
        && fate.train() == Outcome.SUCCEEDED;
  }

  private static List<Step> plan(World world) {
    return world.isClosed() ? List.of() : Plan.between(world.desired(), world.observed());
  }

  private static void pass(World world) {
    plan(world).forEach(step -> world.take(step, false));
  }

  private static void make(World world, Move move) {
    switch (move.what()) {
      case PASS -> pass(world);
      case CRASH -> crash(world, move.where());
      case ENGINE -> world.engine().ifPresent(Runnable::run);
      case OTHERS -> world.others();
      case TIME -> world.passTime(Duration.ofMinutes(10));
    }
  }

  private static void crash(World world, int where) {
    List<Step> plan = plan(world);
    for (int i = 0; i < plan.size() && i <= where; i++) {
      world.take(plan.get(i), i == where);
    }
  }

  private static void runToTheEnd(World world) {
    for (int turn = 0; turn < 100 && !world.isClosed(); turn++) {
      pass(world);
      world.others();
      Optional<Runnable> next = world.engine();
      next.ifPresent(Runnable::run);
    }
  }
}
