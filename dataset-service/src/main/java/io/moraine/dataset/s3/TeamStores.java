package io.moraine.dataset.s3;

import io.moraine.dataset.dataset.Datasets;
import jakarta.enterprise.context.ApplicationScoped;

/** The features as S3 sees them, for one request's team and role at a time. Thread-safe. */
@ApplicationScoped
class TeamStores {
  /** What a {@link TeamBlobStore} works with. */
  record Features(
      Datasets datasets,
      ListBucket listBucket,
      ReadObjects reads,
      WriteObjects writes,
      ObjectUploads uploads) {}

  private final Features features;

  TeamStores(
      Datasets datasets,
      ListBucket listBucket,
      ReadObjects reads,
      WriteObjects writes,
      ObjectUploads uploads) {
    this.features = new Features(datasets, listBucket, reads, writes, uploads);
  }

  TeamBlobStore of(Proof proof, OpenedRequest request) {
    return new TeamBlobStore(features, proof.team(), proof.role(), request);
  }
}
