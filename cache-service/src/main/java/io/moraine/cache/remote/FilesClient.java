package io.moraine.cache.remote;

import io.moraine.cache.CacheConfig;
import io.moraine.content.file.CorruptContentException;
import io.moraine.content.format.Limits;
import io.moraine.content.transfer.CallRefusedException;
import io.moraine.content.transfer.Endpoint;
import io.moraine.content.transfer.Fetch;
import io.moraine.content.transfer.LocalFile;
import io.moraine.content.transfer.OpenVersion;
import io.moraine.content.transfer.Push;
import io.moraine.content.transfer.TransferLimits;
import io.moraine.content.transfer.TransferMeter;
import io.moraine.content.transfer.Transport;
import io.moraine.content.transfer.VersionCalls;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.kit.auth.Authentication;
import io.moraine.kit.auth.ServiceKey;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The one class through which the cache's bytes come and go: between shared storage and the bucket,
 * past dataset-service, which says what there is and where. What comes is checked. Blocking;
 * thread-safe. All transfers together hold no more than {@link CacheConfig#transferMemory} bytes;
 * small ones go side by side, a large one may have to wait.
 */
@ApplicationScoped
public class FilesClient {
  private static final int PAGE = 1_000;

  /** A worker tries again anyhow: nothing is gained by waiting here for long. */
  private static final TransferLimits LIMITS =
      new TransferLimits(2, 2, 5, Duration.ofMillis(200), Duration.ofSeconds(2));

  private static final int KIBI = 1 << 10;

  private final AnswerMapper answers;
  private final ServiceKey key;
  private final URI service;
  private final Transport transport = new Transport(LIMITS);
  private final TransferMeter meter = new TransferMeter();
  private final int memoryKibibytes;
  private final Semaphore memory;

  FilesClient(
      CacheConfig config,
      AnswerMapper answers,
      ServiceKey key,
      @ConfigProperty(name = "quarkus.rest-client.\"dataset-service\".url") URI service) {
    this.answers = answers;
    this.key = key;
    this.service = service;
    this.memoryKibibytes = Math.toIntExact(config.transferMemory() / KIBI);
    this.memory = new Semaphore(memoryKibibytes);
  }

  /** Takes pages of a listing, in byte order of their paths. */
  @FunctionalInterface
  public interface Pages<E extends Exception> {
    void page(List<FileEntry> files) throws IOException, RefusedException, E;
  }

  /** Hands every file of a version to {@code pages}, at most 1,000 at a time. */
  @SuppressWarnings("unchecked") // what stopped the pages is what they may throw
  public <E extends Exception> void list(
      TeamId team, DatasetId dataset, VersionId version, Pages<E> pages)
      throws IOException, RefusedException, E {
    List<FileEntry> page = new ArrayList<>(PAGE);
    try {
      calls(team, dataset, version)
          .list(
              entry -> {
                page.add(entry);
                if (page.size() == PAGE) {
                  hand(page, pages);
                }
              });
      hand(page, pages);
    } catch (Stopped e) {
      throw (E) e.why;
    } catch (CallRefusedException e) {
      throw refused(e);
    }
  }

  private static void hand(List<FileEntry> page, Pages<?> pages) {
    try {
      pages.page(List.copyOf(page));
      page.clear();
    } catch (Exception e) {
      throw new Stopped(e);
    }
  }

  /** Carries a failure of who takes pages past who gives them, who would try again. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Exception why;

    Stopped(Exception why) {
      super(null, why, false, false);
      this.why = why;
    }
  }

  /** Takes a file that is whole and checked; called by several threads at once. */
  @FunctionalInterface
  public interface Fetched {
    void file(FileEntry file) throws IOException;
  }

  /**
   * Fetches files of a version, each into the empty file that {@code files} has for it.
   *
   * @param fetched told of each as soon as it is there, so that what breaks off later takes nothing
   *     back; what it throws ends the fetching
   * @throws CorruptContentException when bytes come wrong time and again
   */
  public void fetch(
      TeamId team,
      DatasetId dataset,
      VersionId version,
      Map<FileEntry, Path> files,
      Fetched fetched)
      throws IOException, RefusedException {
    long bytes = files.keySet().stream().mapToLong(FileEntry::sizeBytes).sum();
    int room = take(Math.min(bytes, (long) LIMITS.inFlight() * Limits.OBJECT_BYTES));
    try {
      new FetchedFiles(
              new Fetch(calls(team, dataset, version), transport, LIMITS, meter), fetched::file)
          .fetch(files);
    } catch (CallRefusedException e) {
      throw refused(e);
    } finally {
      memory.release(room);
    }
  }

  /** Puts files into a draft, each replacing what is there under its path. */
  public void push(TeamId team, DatasetId dataset, VersionId draft, List<LocalFile> files)
      throws IOException, RefusedException {
    long bytes = files.stream().mapToLong(LocalFile::sizeBytes).sum();
    List<LocalFile> ordered = files.stream().sorted(Comparator.comparing(LocalFile::path)).toList();
    // Twice, since a pack is made from its contents.
    int room = take(Math.min(2 * bytes, LIMITS.pushMemoryBytes()));
    try {
      VersionCalls calls = calls(team, dataset, draft);
      new Push(new OpenVersion(() -> calls), transport, LIMITS, meter)
          .push(ordered, Collections.emptyIterator(), (file, content) -> {});
    } catch (CallRefusedException e) {
      throw refused(e);
    } finally {
      memory.release(room);
    }
  }

  /** Takes files out of a draft. */
  public void delete(TeamId team, DatasetId dataset, VersionId draft, List<FilePath> paths)
      throws IOException, RefusedException {
    try {
      calls(team, dataset, draft).stage(paths.stream().map(Change::delete).toList());
    } catch (CallRefusedException e) {
      throw refused(e);
    }
  }

  private VersionCalls calls(TeamId team, DatasetId dataset, VersionId version) {
    Endpoint endpoint =
        new Endpoint(
            service,
            Map.of(
                Authentication.KEY_HEADER,
                key.key().text(),
                Authentication.TEAM_HEADER,
                team.text()));
    return new VersionCalls(endpoint, transport, meter, dataset.text(), version.text());
  }

  private RefusedException refused(CallRefusedException e) throws IOException {
    return answers.refusal(e.status(), e.getMessage(), e);
  }

  private int take(long bytes) throws IOException {
    int kibibytes = (int) Math.min(bytes / KIBI + 1, memoryKibibytes);
    try {
      memory.acquire(kibibytes);
      return kibibytes;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }
}
