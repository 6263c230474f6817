package io.moraine.dataset.imports;

import io.moraine.dataset.imports.ImportSource.Git;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.PathFilter;

/**
 * Brings the files of one commit, fetched without its history into a directory on this machine. An
 * import that goes on stays at the commit that it began with.
 */
final class FetchGit implements Fetch {
  private static final String LOCAL_REF = "refs/moraine/import";

  /** Of a tree that has more directories than files twice over, nobody is the author. */
  private static final int DIRECTORIES_PER_FILE = 2;

  /** Git itself makes none of more: its chains have 50, and never more than these. */
  private static final int CHANGES_ABOVE_ONE_ANOTHER = 4095;

  private static final String POINTER = "version https://git-lfs.github.com/spec/";
  private static final int POINTER_BYTES = 1024;

  private final SourceHttp http;
  private final Git source;
  private final ImportConfig limits;
  private final Path directory;

  FetchGit(SourceHttp http, Git source, ImportConfig limits, Path directory) {
    this.http = http;
    this.source = source;
    this.limits = limits;
    this.directory = directory;
  }

  @Override
  public String into(Landing landing, ImportRun run) throws IOException {
    NoUserConfig.install();
    ScratchRepository repository =
        ScratchRepository.create(directory.resolve(run.id().text()), pack());
    try {
      ObjectId commit = fetch(repository, run);
      run.pin(source.shown(), Optional.of(commit.name()));
      long pointers = copy(repository, commit, landing, run);
      return "%s, commit %s%s".formatted(source.shown(), commit.name(), noted(pointers));
    } finally {
      repository.discard();
    }
  }

  private GuardedPack.Limits pack() {
    return new GuardedPack.Limits(
        limits.maxRepositoryObjects(),
        limits.maxRepositoryFileBytes(),
        limits.maxRepositoryChainBytes(),
        CHANGES_ABOVE_ONE_ANOTHER,
        limits.freeBytes(),
        limits.maxRatio());
  }

  private static String noted(long pointers) {
    return pointers == 0
        ? ""
        : "; %,d files are Git LFS pointers and not what they point to".formatted(pointers);
  }

  /** The commit that is wanted, which the repository then has. */
  private ObjectId fetch(ScratchRepository repository, ImportRun run) throws IOException {
    try (Transport transport = transport(repository, run)) {
      Optional<String> wanted = run.revision().or(source::commit);
      if (wanted.isPresent() && hasFetched(transport, wanted.get(), run)) {
        return ObjectId.fromString(wanted.get());
      }
      ObjectId tip = fetchRef(repository, transport, run);
      if (source.commit().isPresent() && !tip.name().equals(source.commit().get())) {
        throw new ImportFailedException(
            "%s has moved on from commit %s, and the server does not give commits by their id."
                .formatted(source.shown(), source.commit().get()));
      }
      return tip;
    } catch (TransportException | NotSupportedException e) {
      throw explained(e, run);
    }
  }

  private Transport transport(ScratchRepository repository, ImportRun run) throws IOException {
    try {
      TransportHttp transport =
          (TransportHttp) Transport.open(repository, new URIish(source.url().toString()));
      transport.setHttpConnectionFactory(new Connections(run));
      transport.setTagOpt(TagOpt.NO_TAGS);
      transport.setDepth(1);
      source
          .login()
          .ifPresent(l -> transport.setCredentialsProvider(new OwnLogin(source.url(), l)));
      return transport;
    } catch (URISyntaxException e) {
      throw new ImportFailedException(source.shown() + " is no URL of a repository.");
    }
  }

  /** Not every server gives what is asked for by its id, and it may be gone. */
  private boolean hasFetched(Transport transport, String commit, ImportRun run) throws IOException {
    try {
      transport.fetch(new Monitor(run), List.of(new RefSpec(commit)));
      return true;
    } catch (TransportException e) {
      rethrowIfNotTheCommit(e, run);
      return false;
    }
  }

  private void rethrowIfNotTheCommit(TransportException failure, ImportRun run) throws IOException {
    run.requireGoing();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ImportFailedException || cause instanceof SourceBrokenException) {
        throw explained(failure, run);
      }
    }
  }

  private ObjectId fetchRef(ScratchRepository repository, Transport transport, ImportRun run)
      throws IOException {
    String ref = named(transport);
    transport.fetch(new Monitor(run), List.of(new RefSpec("+" + ref + ":" + LOCAL_REF)));
    try (RevWalk walk = new RevWalk(repository)) {
      return walk.parseCommit(repository.resolve(LOCAL_REF)).copy();
    }
  }

  private String named(Transport transport) throws IOException {
    try (FetchConnection refs = transport.openFetch()) {
      return candidates()
          .map(refs::getRef)
          .filter(Objects::nonNull)
          .map(Ref::getName)
          .findFirst()
          .orElseThrow(
              () ->
                  new ImportFailedException(
                      "%s has no such branch or tag, or no commit at all."
                          .formatted(source.shown())));
    }
  }

  private Stream<String> candidates() {
    return source
        .ref()
        .map(
            ref ->
                ref.startsWith(Constants.R_REFS) || ref.equals(Constants.HEAD)
                    ? Stream.of(ref)
                    : Stream.of(Constants.R_HEADS + ref, Constants.R_TAGS + ref))
        .orElse(Stream.of(Constants.HEAD));
  }

  /** What a failure of JGit means, which hides the reason behind its own. */
  private IOException explained(IOException failure, ImportRun run) {
    run.requireGoing();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ImportFailedException failed) {
        throw failed;
      }
      if (cause instanceof SourceBrokenException broken) {
        return broken;
      }
      if (cause instanceof java.net.SocketException
          || cause instanceof java.io.InterruptedIOException
          || cause instanceof java.io.EOFException
          || cause instanceof org.apache.http.ConnectionClosedException) {
        return new SourceBrokenException(failure.getMessage(), failure);
      }
    }
    throw new ImportFailedException(
        "%s cannot be fetched: %s. Is the URL right, and may it be read with this login?"
            .formatted(source.shown(), failure.getMessage()));
  }

  /** How many Git LFS pointers there were. */
  private long copy(ScratchRepository repository, ObjectId commit, Landing landing, ImportRun run)
      throws IOException {
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk commits = new RevWalk(reader)) {
      RevCommit found = commits.parseCommit(commit);
      run.total(measure(reader, found, run));
      return copy(reader, found, landing, run);
    }
  }

  private TreeWalk walk(ObjectReader reader, RevCommit commit) throws IOException {
    TreeWalk walk = new TreeWalk(reader);
    walk.addTree(commit.getTree());
    if (!source.directory().isEmpty()) {
      walk.setFilter(PathFilter.create(source.directory()));
    }
    return walk;
  }

  /** The bytes of all files. Fails before anything is copied when something is too much. */
  private long measure(ObjectReader reader, RevCommit commit, ImportRun run) throws IOException {
    long files = 0;
    long directories = 0;
    long bytes = 0;
    try (TreeWalk walk = walk(reader, commit)) {
      while (walk.next()) {
        run.requireGoing();
        if (walk.isSubtree()) {
          directories++;
          requireDepth(walk);
          walk.enterSubtree();
        } else if (isFile(walk)) {
          files++;
          bytes += reader.getObjectSize(walk.getObjectId(0), Constants.OBJ_BLOB);
        }
        requireMeasure(files, directories, bytes);
      }
    }
    if (files == 0) {
      throw new ImportFailedException(
          "%s has no files%s."
              .formatted(
                  source.shown(),
                  source.directory().isEmpty() ? "" : " below " + source.directory()));
    }
    return bytes;
  }

  private void requireDepth(TreeWalk walk) {
    if (walk.getDepth() > limits.maxDepth()) {
      throw new ImportFailedException(
          "%s has directories deeper than %d, which is the most."
              .formatted(source.shown(), limits.maxDepth()));
    }
  }

  private void requireMeasure(long files, long directories, long bytes) {
    if (files > limits.maxFiles()
        || directories > DIRECTORIES_PER_FILE * limits.maxFiles()
        || bytes > limits.maxBytes()) {
      throw new ImportFailedException(
          "%s has more than %,d files or %,d bytes, which is the most of one import."
              .formatted(source.shown(), limits.maxFiles(), limits.maxBytes()));
    }
  }

  /** Refuses links and other repositories by name, unless they are to be left out. */
  private boolean isFile(TreeWalk walk) {
    FileMode mode = walk.getFileMode(0);
    if (mode == FileMode.REGULAR_FILE || mode == FileMode.EXECUTABLE_FILE) {
      return true;
    }
    if (source.skipLinks()) {
      return false;
    }
    throw new ImportFailedException(
        "%s has %s, which is %s; with \"skipLinks\": true such entries are left out."
            .formatted(
                source.shown(),
                EntryName.shown(walk.getPathString()),
                mode == FileMode.GITLINK ? "another repository" : "a link"));
  }

  private long copy(ObjectReader reader, RevCommit commit, Landing landing, ImportRun run)
      throws IOException {
    long before = run.done().entries();
    long count = 0;
    long pointers = 0;
    try (TreeWalk walk = walk(reader, commit)) {
      while (walk.next()) {
        if (walk.isSubtree()) {
          walk.enterSubtree();
        } else if (isFile(walk)) {
          count++;
          boolean isPointer = isPointer(reader, walk);
          pointers += isPointer ? 1 : 0;
          if (count > before) {
            put(reader, walk, landing, run);
            landing.done(Long.toString(count));
          }
        }
      }
    }
    return pointers;
  }

  private boolean isPointer(ObjectReader reader, TreeWalk walk) throws IOException {
    ObjectId blob = walk.getObjectId(0);
    if (reader.getObjectSize(blob, Constants.OBJ_BLOB) > POINTER_BYTES) {
      return false;
    }
    byte[] bytes = reader.open(blob, Constants.OBJ_BLOB).getCachedBytes(POINTER_BYTES);
    boolean isPointer = new String(bytes, StandardCharsets.ISO_8859_1).startsWith(POINTER);
    if (isPointer && !source.keepLfsPointers()) {
      throw new ImportFailedException(
          "%s has %s, which is a Git LFS pointer and not the file itself. Import the file from where it is, or import pointers as they are with \"lfsPointers\": \"keep\"."
              .formatted(source.shown(), EntryName.shown(walk.getPathString())));
    }
    return isPointer;
  }

  private void put(ObjectReader reader, TreeWalk walk, Landing landing, ImportRun run)
      throws IOException {
    var blob = reader.open(walk.getObjectId(0), Constants.OBJ_BLOB);
    try (InputStream in = blob.openStream()) {
      landing.put(landing.path(name(walk.getPathString())), blob.getSize(), in);
    }
    run.read(blob.getSize());
  }

  /** Without the directory that was asked for, or of a file that was, its last segment. */
  private String name(String path) {
    if (source.directory().isEmpty()) {
      return path;
    }
    return path.equals(source.directory())
        ? path.substring(path.lastIndexOf('/') + 1)
        : path.substring(source.directory().length() + 1);
  }

  /** What JGit asks for connections. */
  private final class Connections implements HttpConnectionFactory {
    private final ImportRun run;

    Connections(ImportRun run) {
      this.run = run;
    }

    @Override
    public HttpConnection create(URL url) throws IOException {
      return new GitConnection(http, url, run, limits.maxRepositoryBytes());
    }

    @Override
    public HttpConnection create(URL url, Proxy proxy) throws IOException {
      return create(url);
    }
  }

  /** Ends with the run. */
  private static final class Monitor extends EmptyProgressMonitor {
    private final ImportRun run;

    Monitor(ImportRun run) {
      this.run = run;
    }

    @Override
    public boolean isCancelled() {
      return run.isStopped();
    }
  }
}
