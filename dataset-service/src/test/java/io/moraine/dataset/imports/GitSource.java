package io.moraine.dataset.imports;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;

/** A git repository of one test, and the smart HTTP server in front of it. */
public final class GitSource implements AutoCloseable {
  private static final String ADVERTISEMENT = "application/x-git-upload-pack-advertisement";
  private static final String RESULT = "application/x-git-upload-pack-result";

  private final Repository repository;
  private final Map<String, ObjectId> files = new TreeMap<>();
  private final Map<String, FileMode> modes = new TreeMap<>();

  /** How many packs were asked for. */
  public final AtomicLong packs = new AtomicLong();

  public GitSource(Path directory, WebSource web, String path) throws IOException {
    repository = new FileRepository(directory.toFile());
    repository.create(true);
    repository.getConfig().setBoolean("uploadpack", null, "allowReachableSHA1InWant", true);
    repository.updateRef(Constants.HEAD).link("refs/heads/main");
    web.server().createContext(path + "/", this::serve);
  }

  /** The next commit has this file. */
  public GitSource file(String path, byte[] bytes) throws IOException {
    return entry(path, bytes, FileMode.REGULAR_FILE);
  }

  public GitSource link(String path, String target) throws IOException {
    return entry(path, target.getBytes(UTF_8), FileMode.SYMLINK);
  }

  private GitSource entry(String path, byte[] bytes, FileMode mode) throws IOException {
    try (ObjectInserter objects = repository.newObjectInserter()) {
      files.put(path, objects.insert(Constants.OBJ_BLOB, bytes));
      modes.put(path, mode);
      objects.flush();
    }
    return this;
  }

  /** A commit of all files, which {@code ref} then has. */
  public String commit(String ref) throws IOException {
    DirCache index = DirCache.newInCore();
    DirCacheBuilder builder = index.builder();
    files.forEach(
        (path, blob) -> {
          DirCacheEntry entry = new DirCacheEntry(path);
          entry.setFileMode(modes.get(path));
          entry.setObjectId(blob);
          builder.add(entry);
        });
    builder.finish();
    try (ObjectInserter objects = repository.newObjectInserter()) {
      PersonIdent author = new PersonIdent("Ada", "ada@example.org", Instant.EPOCH, ZoneOffset.UTC);
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(index.writeTree(objects));
      commit.setAuthor(author);
      commit.setCommitter(author);
      commit.setMessage("A change");
      ObjectId head = repository.resolve(ref);
      if (head != null) {
        commit.setParentId(head);
      }
      ObjectId id = objects.insert(commit);
      objects.flush();
      RefUpdate update = repository.updateRef(ref);
      update.setNewObjectId(id);
      update.forceUpdate();
      return id.name();
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    UploadPack upload = new UploadPack(repository);
    upload.setBiDirectionalPipe(false);
    if (exchange.getRequestMethod().equals("GET")) {
      exchange.getResponseHeaders().set("Content-Type", ADVERTISEMENT);
      exchange.sendResponseHeaders(200, 0);
      PacketLineOut out = new PacketLineOut(exchange.getResponseBody());
      upload.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(out), "git-upload-pack");
    } else {
      packs.incrementAndGet();
      InputStream body = new ByteArrayInputStream(exchange.getRequestBody().readAllBytes());
      boolean isZipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      exchange.getResponseHeaders().set("Content-Type", RESULT);
      exchange.sendResponseHeaders(200, 0);
      upload.upload(isZipped ? new GZIPInputStream(body) : body, exchange.getResponseBody(), null);
    }
    exchange.close();
  }

  @Override
  public void close() {
    repository.close();
  }
}
