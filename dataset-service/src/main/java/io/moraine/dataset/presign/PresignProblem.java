package io.moraine.dataset.presign;

import io.moraine.dataset.announce.Announcements;
import io.moraine.dataset.multipart.LiveUpload;
import io.moraine.dataset.version.VersionKey;
import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.FilePath;

/** Why nothing is signed. */
sealed interface PresignProblem extends Problem {
  /** The gateway sees a team by the key that signed, and a service key has none. */
  record ServiceKey() implements PresignProblem {
    @Override
    public int status() {
      return 403;
    }

    @Override
    public String type() {
      return "presign/service-key";
    }

    @Override
    public String detail() {
      return "A service key belongs to no team, so it cannot sign calls at the S3 gateway. Ask with a key of the team.";
    }
  }

  /** What is public can only be read. */
  record ReadOnly(VersionKey version) implements PresignProblem {
    @Override
    public int status() {
      return 403;
    }

    @Override
    public String type() {
      return "presign/read-only";
    }

    @Override
    public String detail() {
      return "%s is a version of another team's public dataset: your team can read it, not change it."
          .formatted(version);
    }
  }

  /** The upload in parts is one of another file. */
  record OtherUpload(LiveUpload upload, VersionKey version, FilePath path)
      implements PresignProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "presign/other-upload";
    }

    @Override
    public String detail() {
      return "The upload %s is of %s in %s, not of %s in %s. Begin one with createMultipartUpload."
          .formatted(upload.id(), upload.path().quoted(), upload.version(), path.quoted(), version);
    }
  }

  /** So many announced files do not arrive. */
  record TooManyAnnounced(VersionKey version) implements PresignProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "presign/too-many-announced";
    }

    @Override
    public String detail() {
      return "%,d files were announced for %s and never arrived: uploads seem to fail. Upload some of them, or give them up with DELETE /datasets/%s/versions/%s/files:announced."
          .formatted(Announcements.MOST, version, version.dataset(), version.version());
    }
  }
}
