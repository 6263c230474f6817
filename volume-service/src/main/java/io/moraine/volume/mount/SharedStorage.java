package io.moraine.volume.mount;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The layout of the region's shared storage. Every segment is a word that cannot hold a separator
 * or be {@code ..}, so no path leaves its team's directory. Immutable.
 */
@ApplicationScoped
public class SharedStorage {
  private final Path root;

  public SharedStorage(@ConfigProperty(name = "MORAINE_SHARE_STORAGE") Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /** A cached version: plain files that nobody may change. */
  public Path version(TeamId team, DatasetId dataset, VersionId version) {
    return of(team).resolve("datasets").resolve(dataset.text()).resolve(version.text());
  }

  /** Where a job's attempt writes what becomes a version. */
  public Path output(RunKey run, RunName job, int attempt, RunName name) {
    return below("outputs", run, job).resolve(Integer.toString(attempt)).resolve(name.text());
  }

  /** A temporary volume. */
  public Path volume(RunKey run, RunName job, RunName name) {
    return below("volumes", run, job).resolve(name.text());
  }

  /** What the team keeps for all its work. */
  public Path storage(TeamId team) {
    return of(team).resolve("storage");
  }

  /** The directory of all teams. */
  public Path root() {
    return root;
  }

  private Path below(String kind, RunKey run, RunName job) {
    return of(run.team()).resolve(kind).resolve(run.run().text()).resolve(job.text());
  }

  private Path of(TeamId team) {
    return root.resolve(team.text());
  }
}
