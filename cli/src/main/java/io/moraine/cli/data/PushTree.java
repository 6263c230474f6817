package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets;
import io.moraine.cli.client.Datasets.Dataset;
import io.moraine.cli.client.Datasets.Resolved;
import io.moraine.cli.client.Datasets.Version;
import io.moraine.cli.client.Patience;
import io.moraine.cli.tree.LocalTree;
import io.moraine.cli.tree.Recall;
import io.moraine.cli.tree.StatCache;
import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.cli.tree.TreeFile;
import io.moraine.content.format.ContentId;
import io.moraine.content.transfer.LocalFile;
import io.moraine.content.transfer.OpenVersion;
import io.moraine.content.transfer.Push;
import io.moraine.content.transfer.TransferLimits;
import io.moraine.content.transfer.TransferMeter;
import io.moraine.content.transfer.Transport;
import io.moraine.content.transfer.VersionCalls;
import io.moraine.content.tree.FileEntry;
import io.moraine.content.tree.VersionTree;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Makes a directory the newest version of a dataset. */
final class PushTree {
  /**
   * What is wanted.
   *
   * @param rehash whether every file is read, whatever is remembered
   */
  record Wanted(
      Path directory,
      DatasetRef dataset,
      Optional<TagName> tag,
      String message,
      boolean rehash,
      boolean skipLinks) {}

  /**
   * What was done.
   *
   * @param isNew whether a version was made; else nothing had changed
   */
  record Done(
      Dataset dataset, Version version, boolean isNew, long added, long changed, long deleted) {}

  private static final Duration COMMIT_PATIENCE = Duration.ofMinutes(1);

  private final Datasets datasets;
  private final Transport transport;
  private final TransferMeter meter;
  private final Path caches;
  private final Consumer<String> say;
  private final Wanted wanted;
  private Dataset dataset;
  private VersionId open;
  private boolean isCommitting;

  /**
   * @param say tells the user a line
   */
  PushTree(
      Datasets datasets,
      Transport transport,
      TransferMeter meter,
      Path caches,
      Consumer<String> say,
      Wanted wanted) {
    this.datasets = datasets;
    this.transport = transport;
    this.meter = meter;
    this.caches = caches;
    this.say = say;
    this.wanted = wanted;
  }

  Done push() throws IOException, InterruptedException {
    // The service is asked while the directory is looked at.
    CompletableFuture<Optional<Resolved>> asked = CompletableFuture.supplyAsync(this::latest);
    long begin = StatCache.now();
    Path real = wanted.directory().toRealPath();
    TreeMemory memory = new TreeMemory(caches, real, say);
    CompletableFuture<StatCache> loaded = CompletableFuture.supplyAsync(memory::load);
    LocalTree tree = LocalTree.walk(real, wanted.skipLinks());
    StatCache cache = loaded.join();
    Optional<Resolved> latest = join(asked);
    dataset = latest.map(Resolved::dataset).orElse(null);
    Optional<Version> base = latest.map(Resolved::version);
    boolean isBase =
        cache.digest().isPresent() && base.flatMap(Version::digest).equals(cache.digest());
    if (isBase && !wanted.rehash() && cache.isStill(tree)) {
      return unchanged(base.get());
    }
    if (tree.files().isEmpty() && base.isEmpty()) {
      throw new CommandFailed(real + " holds no files; there is nothing to push.");
    }
    List<Remembered> now = new ArrayList<>(tree.files().size());
    try (Bars bars = Bars.of("push", meter, tree.files().size(), tree.bytes())) {
      Push.Staged staged = stage(tree, cache, isBase, base, begin, now);
      if (staged.changes().isEmpty()) {
        memory.save(new StatCache(base.flatMap(Version::digest), now));
        return unchanged(base.orElseThrow());
      }
      return commit(staged, now, memory);
    } catch (IOException | RuntimeException e) {
      // What was hashed need not be hashed again.
      if (now.size() >= cache.files().size()) {
        memory.save(new StatCache(Optional.empty(), now));
      }
      abandon();
      throw e;
    }
  }

  /** A draft of a push that failed is of no use; what it sent is found by the next one. */
  private void abandon() throws InterruptedException {
    if (open == null || isCommitting) {
      return;
    }
    try {
      datasets.abandon(dataset.id(), open);
    } catch (CommandFailed e) {
      // It expires. What went wrong first is what the user has to hear.
    }
  }

  private Optional<Resolved> latest() {
    try {
      DatasetRef ref = wanted.dataset();
      return datasets.find(new DatasetRef(ref.namespace(), ref.dataset(), new DatasetRef.Latest()));
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  private static <T> T join(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw (InterruptedException) new InterruptedException().initCause(e);
    }
  }

  private Done unchanged(Version version) throws InterruptedException {
    if (wanted.tag().isPresent()) {
      datasets.tag(dataset.id(), wanted.tag().get(), version.version());
    }
    return new Done(dataset, version, false, 0, 0, 0);
  }

  private Push.Staged stage(
      LocalTree tree,
      StatCache cache,
      boolean isBase,
      Optional<Version> base,
      long begin,
      List<Remembered> now)
      throws IOException {
    StatCache before = wanted.rehash() ? StatCache.EMPTY : cache;
    Push push =
        new Push(new OpenVersion(() -> open(base)), transport, TransferLimits.DEFAULT, meter);
    List<FileEntry> entries =
        isBase ? cache.files().stream().map(Remembered::entry).toList() : listing(base);
    Recall recall = before.recall();
    return push.push(
        () -> files(tree, before.recall()),
        entries.iterator(),
        (file, content) ->
            now.add(remembered(tree.files().get(now.size()), content, recall, begin)));
  }

  private static Iterator<LocalFile> files(LocalTree tree, Recall before) {
    return tree.files().stream().map(file -> local(tree.root(), file, before)).iterator();
  }

  private static LocalFile local(Path root, TreeFile file, Recall before) {
    Optional<ContentId> known =
        before
            .of(file.path())
            .filter(remembered -> remembered.isStill(file))
            .map(remembered -> remembered.entry().content());
    return new LocalFile(
        file.path(), file.below(root), file.stat().sizeBytes(), file.stat().modified(), known);
  }

  private static Remembered remembered(
      TreeFile file, ContentId content, Recall before, long begin) {
    return before
        .of(file.path())
        .filter(known -> known.isStill(file))
        .orElseGet(() -> Remembered.of(file, content, begin));
  }

  private List<FileEntry> listing(Optional<Version> base) throws IOException {
    List<FileEntry> entries = new ArrayList<>();
    if (base.isPresent()) {
      calls(base.get().version()).list(entries::add);
    }
    return entries;
  }

  private VersionCalls calls(VersionId version) {
    return new VersionCalls(
        datasets.endpoint(), transport, meter, dataset.id().text(), version.text());
  }

  private VersionCalls open(Optional<Version> base) throws IOException {
    try {
      dataset = dataset == null ? create() : dataset;
      open =
          datasets
              .openOn(
                  dataset.id(),
                  base.map(Version::version),
                  wanted.message(),
                  wanted.tag().stream().toList())
              .version();
      return calls(open);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  private Dataset create() throws InterruptedException {
    String name = wanted.dataset().dataset();
    if (wanted.dataset().namespace().isPresent()) {
      throw CommandFailed.refused(wanted.dataset() + " is another team's: it cannot be pushed to.");
    }
    // An id that has no committed version yet is found; one that is unknown cannot be made.
    return DatasetId.looksLike(name)
        ? datasets.dataset(new DatasetId(name))
        : datasets.createOrFind(new DatasetName(name), "");
  }

  private Done commit(Push.Staged staged, List<Remembered> now, TreeMemory memory)
      throws InterruptedException {
    isCommitting = true;
    // The tree that the service is to make is made here meanwhile.
    CompletableFuture<Sha256> made = CompletableFuture.supplyAsync(() -> digest(now));
    memory.save(new StatCache(Optional.empty(), now));
    // Repeating it is harmless, and a restart of the service in the middle is no reason to fail.
    Version version = Patience.answer(COMMIT_PATIENCE, () -> datasets.commit(dataset.id(), open));
    Sha256 expected = join(made);
    if (!version.digest().equals(Optional.of(expected))) {
      throw CommandFailed.damaged(
          dataset.name()
              + ":"
              + open
              + " has the digest "
              + version.digest().map(Sha256::hex).orElse("none")
              + ", but what was pushed has "
              + expected
              + ". Was it changed by somebody else before its commit? Push again.",
          null);
    }
    memory.save(new StatCache(Optional.of(expected), now));
    long deleted = staged.changes().stream().filter(c -> c.entry().isEmpty()).count();
    long added = staged.changes().size() - deleted - staged.replaced();
    return new Done(dataset, version, true, added, staged.replaced(), deleted);
  }

  private static Sha256 digest(List<Remembered> files) {
    return VersionTree.build(files.stream().map(Remembered::entry).iterator(), (node, bytes) -> {})
        .digest();
  }
}
