package io.moraine.dataset.s3;

import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.file.ListFiles;
import io.moraine.dataset.file.VersionFiles;
import io.moraine.dataset.ref.Refs;
import io.moraine.dataset.s3.ObjectName.Split;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.Versions;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lists a dataset as a bucket: the files of its versions, each below the version's id, and those of
 * tagged and of the latest version below their tags and {@code latest} too. In the order of the
 * keys' bytes, a page at a time; a page costs what is on it. With directories, the versions' names
 * themselves are such, those of versions without files too. Thread-safe, blocking.
 */
@ApplicationScoped
class ListBucket {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
  private static final int NAMES = 1_000;
  private static final String SLASH = "/";

  /** A file as it is listed. */
  record Item(String key, FileEntry file, Instant modified) {}

  /**
   * @param prefixes what stands for all keys that begin with it
   * @param last what the page ends with, a key or a prefix
   * @param more whether something follows
   */
  record Page(List<Item> items, List<String> prefixes, String last, boolean more) {}

  private final Datasets datasets;
  private final Refs refs;
  private final VersionFiles files;
  private final ListFiles listFiles;

  ListBucket(Datasets datasets, Refs refs, VersionFiles files, ListFiles listFiles) {
    this.datasets = datasets;
    this.refs = refs;
    this.files = files;
    this.listFiles = listFiles;
  }

  /**
   * @param prefix what keys begin with
   * @param directories whether what lies deeper than the prefix is shown as prefixes
   * @param after what comes up to it is left out, and with {@code directories} what is below it if
   *     it ends with a slash
   */
  Page page(
      TeamId team, String bucket, String prefix, boolean directories, String after, int limit) {
    Datasets.Visible found = datasets.visible(team, bucket).await().atMost(DATABASE_PATIENCE);
    Building page = new Building(team, found, directories, after, limit);
    Optional<Split> inVersion = ObjectName.split(prefix);
    if (limit == 0) {
      return page.end();
    }
    if (inVersion.isPresent()) {
      page.addFiles(inVersion.get().version(), inVersion.get().rest());
    } else {
      addVersions(page, found.id(), prefix);
    }
    return page.end();
  }

  private void addVersions(Building page, DatasetId dataset, String prefix) {
    String from = page.firstName(prefix);
    List<String> names;
    do {
      names = refs.names(dataset, from, NAMES).await().atMost(DATABASE_PATIENCE);
      for (String name : names) {
        if (!(name + SLASH).startsWith(prefix)) {
          return;
        }
        if (!page.addVersion(name)) {
          return;
        }
        from = name + SLASH + '\u0001'; // after it, and before any other
      }
    } while (names.size() == NAMES);
  }

  /** A page on its way. */
  private final class Building {
    private final TeamId team;
    private final Datasets.Visible dataset;
    private final boolean directories;
    private final String after;
    private final int limit;
    private final List<Item> items = new ArrayList<>();
    private final List<String> prefixes = new ArrayList<>();
    private String last;
    private boolean more;

    Building(TeamId team, Datasets.Visible dataset, boolean directories, String after, int limit) {
      this.team = team;
      this.dataset = dataset;
      this.directories = directories;
      this.after = after;
      this.limit = limit;
      this.last = after;
    }

    Page end() {
      return new Page(items, prefixes, last, more);
    }

    private int room() {
      return limit - items.size() - prefixes.size();
    }

    /** From where on names with a slash may have something after {@link #after}. */
    String firstName(String prefix) {
      String name = ObjectName.split(after).map(split -> split.version() + SLASH).orElse(after);
      return compare(name, prefix) < 0 ? prefix : name;
    }

    /** False when there is no room for more. */
    boolean addVersion(String name) {
      String prefix = name + SLASH;
      if (directories && after.startsWith(prefix)) {
        return true;
      }
      if (!dataset.isOf(team) && version(name).isEmpty()) {
        return true; // what another team has not committed is its own business
      }
      if (room() == 0) {
        more = true;
        return false;
      }
      if (directories) {
        prefixes.add(prefix);
        last = prefix;
      } else {
        addFiles(name, "");
      }
      return !more;
    }

    /** Adds what begins with {@code prefix} in a version; nothing if there is no such version. */
    void addFiles(String name, String prefix) {
      String inFront = name + SLASH;
      boolean begun = after.startsWith(inFront);
      if (!begun && compare(after, inFront) > 0) {
        return;
      }
      Optional<Version> version = version(name);
      if (version.isPresent()) {
        String rest = begun ? after.substring(inFront.length()) : "";
        add(inFront, version.get(), prefix, rest);
      }
    }

    private void add(String inFront, Version version, String prefix, String rest) {
      ListFiles.Listing found = listFiles.list(version, prefix, directories, rest, room());
      Map<FilePath, Instant> times = files.times(version, found.files());
      found.files().forEach(f -> items.add(new Item(inFront + f.path(), f, times.get(f.path()))));
      found.prefixes().forEach(directory -> prefixes.add(inFront + directory));
      more = found.more();
      last = inFront + found.last();
    }

    private Optional<Version> version(String name) {
      try {
        return Optional.of(files.readable(team, Versions.ref(dataset.id().text(), name)));
      } catch (ProblemException e) {
        if (e.problem().status() >= 500) {
          throw e;
        }
        return Optional.empty(); // no name, or gone since it was listed
      }
    }
  }

  private static int compare(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
