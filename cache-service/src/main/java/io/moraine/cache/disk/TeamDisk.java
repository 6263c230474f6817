package io.moraine.cache.disk;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * One team's part of shared storage. Nothing is linked from here to another team's. Thread-safe,
 * except that one version is filled, or taken away, by one thread at a time.
 */
public final class TeamDisk {
  private static final Logger LOG = Logger.getLogger(TeamDisk.class);

  private final Path root;
  private final Contents contents;
  private final TagLinks links;
  private final Outputs outputs;

  TeamDisk(Path root, int linksPerFile) {
    this.root = root;
    this.contents = new Contents(root.resolve("contents"), linksPerFile);
    this.links = new TagLinks(datasets());
    this.outputs = new Outputs(root);
  }

  public Contents contents() {
    return contents;
  }

  public TagLinks links() {
    return links;
  }

  public Outputs outputs() {
    return outputs;
  }

  /** Where a version is, or will be, seen. */
  public Path version(DatasetId dataset, VersionId version) {
    return datasets().resolve(dataset.text()).resolve(version.text());
  }

  /** Whether a version is there: whole, since it appears in no other way. */
  public boolean hasVersion(DatasetId dataset, VersionId version) {
    return Files.isDirectory(version(dataset, version), LinkOption.NOFOLLOW_LINKS);
  }

  /** The versions that are there. */
  public List<PresentVersion> versions() throws IOException {
    List<PresentVersion> versions = new ArrayList<>();
    for (Path dataset : Trees.below(datasets())) {
      if (!DatasetId.looksLike(dataset.getFileName().toString())) {
        continue;
      }
      for (Path version : Trees.below(dataset)) {
        if (VersionId.looksLike(version.getFileName().toString())) {
          versions.add(
              new PresentVersion(
                  new DatasetId(dataset.getFileName().toString()),
                  new VersionId(version.getFileName().toString())));
        }
      }
    }
    return versions;
  }

  /**
   * Begins to put a version together, or goes on with it.
   *
   * @param base the version as which it begins, if there is one: see {@link Filling#linkAll}
   */
  public Filling fill(DatasetId dataset, VersionId version, Optional<VersionId> base)
      throws IOException {
    Filling filling = filling(dataset, version);
    filling.begin(base);
    return filling;
  }

  /** Removes what was put together of a version, so that its contents may go. */
  public void discardFilling(DatasetId dataset, VersionId version) throws IOException {
    filling(dataset, version).discard();
  }

  /**
   * Takes a version out of sight, at once and for good. What it used is still there until {@link
   * #emptyTrash}. Nothing to do when it is not there.
   *
   * @return where it lies now
   */
  public Path retire(DatasetId dataset, VersionId version) throws IOException {
    return moveToTrash(version(dataset, version));
  }

  /**
   * Removes what {@link #retire} returned. Returns about how many bytes of contents are out of use
   * by that, for {@link Contents#sweep} to unlink.
   */
  public long emptyTrash(Path retired) throws IOException {
    if (!Files.exists(retired)) {
      return 0;
    }
    long bytes = Trees.lastLinkBytes(retired);
    Trees.delete(retired);
    return bytes;
  }

  /**
   * Removes what no fill or eviction can own before work begins: half-filled versions and trash.
   * What a fill had fetched stays, to be checked and used by the next one. Finishes the modes of
   * versions that appeared just before a crash. What cannot be mended is logged: it keeps nobody
   * from working.
   */
  public void clean() throws IOException {
    for (String own : List.of("filling", "trash")) {
      attempt(root.resolve(own), Trees::delete);
    }
    contents.sweepUnnamed();
    for (PresentVersion present : versions()) {
      attempt(version(present.dataset(), present.version()), Modes::readOnlyDirectory);
    }
  }

  @FunctionalInterface
  private interface Mending {
    void of(Path path) throws IOException;
  }

  private static void attempt(Path path, Mending mending) {
    try {
      mending.of(path);
    } catch (IOException e) {
      LOG.warnf("%s is left as it is: %s", path, e);
    }
  }

  private Path moveToTrash(Path directory) throws IOException {
    Path trash = root.resolve("trash");
    Path retired = trash.resolve(UUID.randomUUID().toString());
    Files.createDirectories(trash);
    try {
      Modes.ours(directory);
      Files.move(directory, retired, ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return retired;
    }
    // Gone for good before the first of its files is: half a version is never seen again.
    Durable.sync(directory.getParent());
    return retired;
  }

  private Filling filling(DatasetId dataset, VersionId version) {
    return new Filling(
        root.resolve("filling").resolve(dataset + "." + version),
        version(dataset, version),
        contents);
  }

  private Path datasets() {
    return root.resolve("datasets");
  }
}
