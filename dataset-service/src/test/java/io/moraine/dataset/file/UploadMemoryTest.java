package io.moraine.dataset.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.moraine.content.file.FileCutter;
import io.moraine.content.format.Limits;
import io.moraine.dataset.content.Lane;
import io.moraine.dataset.file.UploadMemory.Share;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.TeamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UploadMemoryTest {
  private static final int PIECE = Limits.PIECE_BYTES;
  private static final int THREADS = 64;

  private final UploadMemory memory =
      new UploadMemory(4L * PIECE, THREADS * (256L << 10), 2L * PIECE, Duration.ofMillis(50));
  private final TeamId team = TeamId.random();
  private final TeamId other = TeamId.random();

  @Test
  void whoSendsNothingKeepsNobodyWaiting() {
    List<Share> idle = new ArrayList<>();
    for (int i = 0; i < THREADS - 1; i++) {
      idle.add(
          memory.take(team, Lane.MANAGED, i % 2 == 0 ? FileCutter.UNKNOWN_LENGTH : Long.MAX_VALUE));
      idle.get(i).atLeast(256 << 10);
    }

    try (Share large = memory.take(team, Lane.MANAGED, Long.MAX_VALUE)) {
      large.atLeast(PIECE);
      assertThat(large.growByPiece()).isTrue();
    }
    idle.forEach(Share::close);
  }

  @Test
  void oneTeamLeavesAPiecesRoomAndSmallFilesAndChecksDoNotWaitForLargeOnes() {
    List<Share> large = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      large.add(memory.take(team, Lane.MANAGED, Long.MAX_VALUE));
      large.get(i).atLeast(PIECE);
      large.get(i).atLeast(PIECE);
    }
    assertThat(large.get(0).growByPiece()).isFalse();
    try (Share fourth = memory.take(team, Lane.MANAGED, Long.MAX_VALUE)) {
      assertThatExceptionOfType(ProblemException.class)
          .isThrownBy(() -> fourth.atLeast(PIECE))
          .matches(e -> e.problem().status() == 503);
    }

    try (Share theirs = memory.take(other, Lane.MANAGED, Long.MAX_VALUE);
        Share small = memory.take(team, Lane.MANAGED, 1000);
        Share check = memory.takeForCheck(Lane.MANAGED, PIECE)) {
      theirs.atLeast(PIECE);
      small.atLeast(128 << 10);
      assertThat(check).isNotNull();
    }
    large.forEach(Share::close);
    // Nothing was kept, and nothing given back twice.
    for (TeamId any : List.of(team, team, team, other)) {
      memory.take(any, Lane.MANAGED, PIECE).atLeast(PIECE);
    }
    try (Share fifth = memory.take(other, Lane.MANAGED, PIECE)) {
      assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> fifth.atLeast(PIECE));
    }
  }

  @Test
  void whatWaitsForABucketThatHangsLeavesRoomForTheOthers() {
    Lane hanging = new Lane("hanging", false);
    List<Share> shares = new ArrayList<>();
    for (TeamId any : List.of(team, other)) {
      shares.add(memory.take(any, hanging, PIECE));
      shares.get(shares.size() - 1).atLeast(PIECE);
    }
    shares.add(memory.takeForCheck(hanging, PIECE));

    try (Share third = memory.take(TeamId.random(), hanging, PIECE)) {
      assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> third.atLeast(PIECE));
    }
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> memory.takeForCheck(hanging, PIECE));
    try (Share managed = memory.take(team, Lane.MANAGED, PIECE);
        Share check = memory.takeForCheck(Lane.MANAGED, PIECE)) {
      managed.atLeast(PIECE);
      assertThat(check).isNotNull();
    }
    shares.forEach(Share::close);
  }
}
