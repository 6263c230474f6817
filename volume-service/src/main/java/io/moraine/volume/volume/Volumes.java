package io.moraine.volume.volume;

import io.moraine.vocabulary.TeamId;
import io.moraine.volume.driver.VolumeDriver;
import io.moraine.volume.driver.VolumeName;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Makes and removes volumes: the row says what is about to happen, the driver does it, the row and
 * its event say that it happened. Every method may be repeated and blocks; call it on a worker
 * thread. Thread-safe.
 */
@ApplicationScoped
public class Volumes {
  /** A statement that takes longer has lost its database. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final VolumeStore store;
  private final VolumeDriver driver;

  Volumes(VolumeStore store, VolumeDriver driver) {
    this.store = store;
    this.driver = driver;
  }

  /**
   * Makes the volume, or finds it. When the driver cannot, the row says why, VolumeFailed follows
   * once, and the exception is the driver's: try again later.
   */
  public void provision(VolumeName name, OptionalLong sizeBytes) throws IOException {
    await(store.want(newId(), name, sizeBytes));
    try {
      await(store.provisioned(name, driver.provision(name, sizeBytes)));
    } catch (IOException e) {
      await(store.failed(name, "The " + name + " could not be made: " + e.getMessage()));
      throw e;
    }
  }

  /** Removes the volume with everything in it. */
  public void release(VolumeName name) throws IOException {
    await(store.releasing(name));
    driver.release(name);
    await(store.released(name));
  }

  /** Makes the team's storage if it is missing; returns what to mount. */
  public String storage(TeamId team) throws IOException {
    String source = driver.storage(team);
    await(store.storage(newId(), team, source));
    return source;
  }

  private static String newId() {
    return "vol" + UUID.randomUUID().toString().replace("-", "").substring(0, 17);
  }

  private static void await(Uni<Void> change) {
    change.await().atMost(PATIENCE);
  }
}
