package io.moraine.dataset.presign;

import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.announce.Announcements;
import io.moraine.dataset.file.ReadFile;
import io.moraine.dataset.file.VersionFiles;
import io.moraine.dataset.multipart.LiveUpload;
import io.moraine.dataset.multipart.MultipartUploads;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionKey;
import io.moraine.dataset.version.VersionProblem;
import io.moraine.dataset.version.VersionState;
import io.moraine.dataset.version.Versions;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.http.SdkHttpMethod;

/**
 * Signs calls about one version, all of them or none: whatever can be refused is refused before the
 * first is signed. Thread-safe, blocking.
 */
@ApplicationScoped
class SignCalls {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  /** Who asks, as far as it matters here. */
  record Asker(TeamId team, String keyId, Role role) {}

  private final Versions versions;
  private final VersionFiles files;
  private final ReadFile readFile;
  private final Announcements announcements;
  private final MultipartUploads uploads;
  private final GatewayUrls urls;

  SignCalls(
      Versions versions,
      VersionFiles files,
      ReadFile readFile,
      Announcements announcements,
      MultipartUploads uploads,
      GatewayUrls urls) {
    this.versions = versions;
    this.files = files;
    this.readFile = readFile;
    this.announcements = announcements;
    this.uploads = uploads;
    this.urls = urls;
  }

  /** What stands in each answer's {@code url}, in the order of {@code calls}. */
  List<Object> of(Asker asker, DatasetRef version, List<CallRequest> requests) {
    Version found = versions.visible(asker.team(), version).await().atMost(DATABASE_PATIENCE);
    List<S3Call> calls = requests.stream().map(CallRequest::read).toList();
    if (asker.role() == Role.SERVICE) {
      throw new PresignProblem.ServiceKey().exception();
    }
    if (calls.stream().anyMatch(S3Call::writes)) {
      requireWritable(asker, found);
    }
    requireThere(asker, found, calls);
    announce(found.key(), calls);
    List<Object> answers = new ArrayList<>();
    for (S3Call call : calls) {
      answers.add(answer(asker, found.key(), call));
    }
    return answers;
  }

  private static void requireWritable(Asker asker, Version version) {
    if (!asker.role().allows(Role.WRITER)) {
      throw new RequestProblem.RoleTooSmall(asker.role(), Role.WRITER).exception();
    }
    if (!version.store().team().equals(asker.team())) {
      throw new PresignProblem.ReadOnly(version.key()).exception();
    }
    if (version.state() != VersionState.OPEN) {
      throw new VersionProblem.NotOpen(version.key(), version.state()).exception();
    }
  }

  /** The client waits for ever when the GET or DELETE itself says that there is no such file. */
  private void requireThere(Asker asker, Version version, List<S3Call> calls) {
    Optional<FileEntry> some = Optional.empty();
    for (S3Call call : calls) {
      if (call instanceof S3Call.GetObject get) {
        FileEntry file = files.find(version, get.path());
        some = some.or(() -> Optional.of(file).filter(found -> found.sizeBytes() > 0));
      } else if (call instanceof S3Call.DeleteObject delete) {
        files.find(version, delete.path());
      } else if (call instanceof S3Call.UploadPart part) {
        requireSame(uploads.open(asker.team(), part.uploadId()), version, part.path());
      } else if (call instanceof S3Call.CompleteMultipartUpload complete) {
        requireSame(uploads.get(asker.team(), complete.uploadId()), version, complete.path());
      }
    }
    some.ifPresent(file -> requireReadable(version, file));
  }

  /** And when it fails: a bucket that is away says so now, when one of the files is looked into. */
  private void requireReadable(Version version, FileEntry file) {
    try (InputStream first =
        readFile.open(version.store(), file.content(), file.sizeBytes(), 0, 1)) {
      first.read();
    } catch (IOException e) {
      throw new UncheckedIOException("The bytes of " + file.path() + " cannot be read", e);
    }
  }

  private static void requireSame(LiveUpload upload, Version version, FilePath path) {
    if (!upload.version().equals(version.key()) || !upload.path().equals(path)) {
      throw new PresignProblem.OtherUpload(upload, version.key(), path).exception();
    }
  }

  private void announce(VersionKey version, List<S3Call> calls) {
    Set<FilePath> paths = new LinkedHashSet<>();
    for (S3Call call : calls) {
      if (call instanceof S3Call.PutObject put) {
        paths.add(put.path());
      } else if (call instanceof S3Call.CreateMultipartUpload create) {
        paths.add(create.path());
      }
    }
    if (paths.isEmpty()) {
      return;
    }
    switch (announcements
        .announce(version.dataset(), version.version(), paths)
        .await()
        .atMost(DATABASE_PATIENCE)) {
      case ANNOUNCED -> {}
      case NOT_OPEN -> throw notOpen(version);
      case TOO_MANY -> throw new PresignProblem.TooManyAnnounced(version).exception();
    }
  }

  /** It was open a moment ago. */
  private RuntimeException notOpen(VersionKey version) {
    Version now = versions.get(version).await().atMost(DATABASE_PATIENCE);
    return new VersionProblem.NotOpen(now.key(), now.state()).exception();
  }

  private Object answer(Asker asker, VersionKey version, S3Call call) {
    if (call instanceof S3Call.ListObjects list) {
      return urls.list(asker.keyId(), version, query(version, list));
    }
    if (call instanceof S3Call.HeadObject head) {
      return file(asker, SdkHttpMethod.HEAD, version, head.path());
    }
    if (call instanceof S3Call.GetObject get) {
      return file(asker, SdkHttpMethod.GET, version, get.path());
    }
    if (call instanceof S3Call.DeleteObject delete) {
      return file(asker, SdkHttpMethod.DELETE, version, delete.path());
    }
    if (call instanceof S3Call.PutObject put) {
      return urls.file(
          asker.keyId(),
          SdkHttpMethod.PUT,
          version,
          put.path().toString(),
          Map.of(),
          put.contentType());
    }
    if (call instanceof S3Call.UploadPart part) {
      Map<String, String> query =
          Map.of("partNumber", Integer.toString(part.number()), "uploadId", part.uploadId());
      return urls.file(
          asker.keyId(),
          SdkHttpMethod.PUT,
          version,
          part.path().toString(),
          query,
          Optional.empty());
    }
    return call instanceof S3Call.CreateMultipartUpload create
        ? create(asker, version, create)
        : complete(asker, version, (S3Call.CompleteMultipartUpload) call);
  }

  private Object file(Asker asker, SdkHttpMethod method, VersionKey version, FilePath path) {
    return urls.file(asker.keyId(), method, version, path.toString(), Map.of(), Optional.empty());
  }

  private static Map<String, String> query(VersionKey version, S3Call.ListObjects list) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("list-type", "2");
    query.put("prefix", version.version() + "/" + list.prefix());
    query.put("max-keys", Integer.toString(list.maxKeys()));
    if (!list.delimiter().isEmpty()) {
      query.put("delimiter", list.delimiter());
    }
    list.token().ifPresent(token -> query.put("continuation-token", token));
    return query;
  }

  /** As the AWS SDK's own answer to this call, which the client reads in place of a URL. */
  private Map<String, String> create(
      Asker asker, VersionKey version, S3Call.CreateMultipartUpload call) {
    String id = uploads.create(asker.team(), version.ref(), call.path());
    return Map.of(
        "Bucket", version.dataset().text(), "Key", call.path().toString(), "UploadId", id);
  }

  private Map<String, String> complete(
      Asker asker, VersionKey version, S3Call.CompleteMultipartUpload call) {
    uploads.complete(asker.team(), call.uploadId(), call.parts());
    return Map.of("Bucket", version.dataset().text(), "Key", call.path().toString());
  }
}
