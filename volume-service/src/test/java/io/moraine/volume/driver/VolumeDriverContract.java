package io.moraine.volume.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.moraine.volume.mount.RunKey;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link VolumeDriver} promises. A driver joins by a subclass that says how to make one
 * and how to look into its volumes. The suite lies beside the drivers and not in test-kit, because
 * all drivers live in this package and test-kit knows no service.
 */
abstract class VolumeDriverContract {
  private static final OptionalLong FIVE_GIB = OptionalLong.of(5L << 30);

  private final TeamId team = TeamId.random();

  /** A driver as after a start of the service: it remembers nothing of calls to an earlier one. */
  abstract VolumeDriver driver();

  /** Writes a file into what {@code source} mounts. */
  abstract void write(String source, String file, String text) throws IOException;

  /** The files of what {@code source} mounts. */
  abstract List<String> files(String source) throws IOException;

  /** Leaves the world as a driver does that dies in the middle of making {@code name}. */
  abstract void crashInProvision(VolumeName name) throws IOException;

  /** Leaves the world as a driver does that dies in the middle of removing {@code name}. */
  abstract void crashInRelease(VolumeName name) throws IOException;

  final VolumeName volume(String output) {
    RunKey run = new RunKey(team, new RunName("r-" + UUID.randomUUID()));
    return new VolumeName(run, RunName.MAIN, new RunName(output));
  }

  private static VolumeName beside(VolumeName name, String output) {
    return new VolumeName(name.run(), name.job(), new RunName(output));
  }

  @Nested
  class Provision {
    @Test
    void makesAnEmptyVolume() throws IOException {
      VolumeName name = volume("scratch");

      String source = driver().provision(name, FIVE_GIB);

      assertThat(files(source)).isEmpty();
      assertThat(driver().exists(name)).isTrue();
    }

    @Test
    void takesNoSizeAsWell() throws IOException {
      assertThat(files(driver().provision(volume("scratch"), OptionalLong.empty()))).isEmpty();
    }

    @Test
    void keepsVolumesApart() throws IOException {
      VolumeName one = volume("one");
      VolumeName sameNameOfAnotherRun = volume("one");
      String source = driver().provision(one, FIVE_GIB);
      String other = driver().provision(beside(one, "other"), FIVE_GIB);
      String another = driver().provision(sameNameOfAnotherRun, FIVE_GIB);

      write(source, "file", "text");

      assertThat(files(source)).containsExactly("file");
      assertThat(files(other)).isEmpty();
      assertThat(files(another)).isEmpty();
    }

    @Test
    void makesTheTeamsStorageOnceAndKeepsIt() throws IOException {
      String storage = driver().storage(team);
      write(storage, "kept", "text");
      VolumeName name = volume("scratch");
      driver().provision(name, FIVE_GIB);
      driver().release(name);

      assertThat(driver().storage(team)).isEqualTo(storage);
      assertThat(files(storage)).contains("kept");
    }
  }

  @Nested
  class Release {
    @Test
    void removesTheVolumeAndNoOther() throws IOException {
      VolumeName name = volume("scratch");
      VolumeName other = beside(name, "other");
      write(driver().provision(name, FIVE_GIB), "file", "text");
      String kept = driver().provision(other, FIVE_GIB);
      write(kept, "file", "text");

      driver().release(name);

      assertThat(driver().exists(name)).isFalse();
      assertThat(driver().exists(other)).isTrue();
      assertThat(files(kept)).containsExactly("file");
    }

    @Test
    void doesNothingWhereNothingIs() throws IOException {
      VolumeName name = volume("never-made");

      driver().release(name);

      assertThat(driver().exists(name)).isFalse();
    }
  }

  @Nested
  class Repeat {
    private final VolumeName first = volume("first");

    @Test
    void findsTheVolumeThatIsThereWithItsFiles() throws IOException {
      VolumeName name = volume("scratch");
      String source = driver().provision(name, FIVE_GIB);
      write(source, "file", "text");

      assertThat(driver().provision(name, FIVE_GIB)).isEqualTo(source);
      assertThat(files(source)).containsExactly("file");
    }

    @Test
    void releasesTwice() throws IOException {
      VolumeName name = volume("scratch");
      driver().provision(name, FIVE_GIB);

      driver().release(name);
      driver().release(name);

      assertThat(driver().exists(name)).isFalse();
    }

    @Test
    void isEmptyAgainAfterARelease() throws IOException {
      VolumeName name = volume("scratch");
      write(driver().provision(name, FIVE_GIB), "file", "text");
      driver().release(name);

      assertThat(files(driver().provision(name, FIVE_GIB))).isEmpty();
    }

    @Test
    void makesAndRemovesVolumesOfOneRunAtOnce() throws Exception {
      List<VolumeName> all =
          IntStream.range(0, 64).mapToObj(i -> "v" + i).map(this::oneRuns).toList();
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        for (Future<Void> each :
            threads.invokeAll(all.stream().map(this::makeAndPerhapsRemove).toList())) {
          each.get();
        }
      } finally {
        threads.shutdownNow();
      }
      for (VolumeName name : all) {
        assertThat(driver().exists(name)).isEqualTo(isKept(name));
      }
    }

    private VolumeName oneRuns(String output) {
      return beside(first, output);
    }

    private Callable<Void> makeAndPerhapsRemove(VolumeName name) {
      return () -> {
        driver().provision(name, FIVE_GIB);
        if (!isKept(name)) {
          driver().release(name);
        }
        return null;
      };
    }

    private static boolean isKept(VolumeName name) {
      return name.output().text().endsWith("7");
    }
  }

  @Nested
  class Crash {
    @Test
    void makingIsFinishedByTheNext() throws IOException {
      VolumeName name = volume("scratch");
      crashInProvision(name);

      String source = driver().provision(name, FIVE_GIB);

      write(source, "file", "text");
      assertThat(files(source)).containsExactly("file");
    }

    @Test
    void whatWasHalfMadeIsRemoved() throws IOException {
      VolumeName name = volume("scratch");
      crashInProvision(name);

      driver().release(name);

      assertThat(driver().exists(name)).isFalse();
    }

    @Test
    void removingIsFinishedByTheNext() throws IOException {
      VolumeName name = volume("scratch");
      String source = driver().provision(name, FIVE_GIB);
      write(source, "one", "text");
      write(source, "two", "text");
      crashInRelease(name);
      assertThat(driver().exists(name)).isTrue();

      driver().release(name);

      assertThat(driver().exists(name)).isFalse();
    }
  }
}
