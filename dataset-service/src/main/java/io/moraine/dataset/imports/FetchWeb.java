package io.moraine.dataset.imports;

import io.moraine.vocabulary.FilePath;
import java.io.IOException;
import java.io.InputStream;

/** Brings the file that a URL names, or those of the archive that it is. */
final class FetchWeb implements Fetch {
  private final SourceHttp http;
  private final ImportSource.Web source;
  private final ImportConfig limits;

  FetchWeb(SourceHttp http, ImportSource.Web source, ImportConfig limits) {
    this.http = http;
    this.source = source;
    this.limits = limits;
  }

  @Override
  public String into(Landing landing, ImportRun run) throws IOException {
    WebFile file = new WebFile(http, source, run);
    try {
      run.pin(source.shown(), file.revision());
      if (file.length() != RemoteFile.UNKNOWN_LENGTH) {
        run.total(file.length());
      }
      if (source.isArchive()) {
        unpack(file, landing, run);
      } else {
        FilePath path = landing.path(source.name());
        landing.put(path, file);
      }
    } finally {
      file.close();
    }
    return source.shown() + file.revision().map(r -> " (" + r + ")").orElse("");
  }

  /**
   * From its begin: what is in the draft already is passed over, since only reading finds its end.
   */
  private void unpack(WebFile file, Landing landing, ImportRun run) throws IOException {
    try (InputStream in = new ResumingStream(file, 0, run)) {
      new Archive(source.shown(), in, source.skipLinks(), limits, run).into(landing);
    }
  }
}
