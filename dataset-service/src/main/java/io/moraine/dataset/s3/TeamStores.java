package io.moraine.dataset.s3;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.file.DeleteFile;
import io.moraine.dataset.file.PutFile;
import io.moraine.dataset.file.ReadFile;
import io.moraine.dataset.file.StageFiles;
import io.moraine.dataset.file.VersionFiles;
import io.moraine.dataset.multipart.MultipartUploads;
import jakarta.enterprise.context.ApplicationScoped;

/** The features as S3 sees them, for one request's team and role at a time. Thread-safe. */
@ApplicationScoped
class TeamStores {
  /** What a {@link TeamBlobStore} works with. */
  record Features(
      Datasets datasets,
      VersionFiles files,
      ListBucket listBucket,
      ReadFile readFile,
      PutFile putFile,
      StageFiles stageFiles,
      DeleteFile deleteFile,
      MultipartUploads uploads) {}

  private final Features features;

  TeamStores(
      Datasets datasets,
      VersionFiles files,
      ListBucket listBucket,
      ReadFile readFile,
      PutFile putFile,
      StageFiles stageFiles,
      DeleteFile deleteFile,
      MultipartUploads uploads) {
    this.features =
        new Features(
            datasets, files, listBucket, readFile, putFile, stageFiles, deleteFile, uploads);
  }

  TeamBlobStore of(Proof proof, OpenedRequest request) {
    return new TeamBlobStore(features, proof.team(), proof.role(), request);
  }
}
