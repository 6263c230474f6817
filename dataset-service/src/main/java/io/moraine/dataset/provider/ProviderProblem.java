package io.moraine.dataset.provider;

import io.moraine.content.store.BucketProbe.Step;
import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.ProviderId;
import java.net.URI;
import java.util.List;

/** Why a storage provider is not made, changed, deleted or used. */
sealed interface ProviderProblem extends Problem {
  record NameTaken(String name) implements ProviderProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "provider/name-taken";
    }

    @Override
    public String detail() {
      return "Your team already has a storage provider called %s; choose another name, or change that one."
          .formatted(name);
    }
  }

  record TooMany(int most) implements ProviderProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "provider/too-many";
    }

    @Override
    public String detail() {
      return "Your team has %d storage providers, which is the most. Delete one that no dataset uses."
          .formatted(most);
    }
  }

  record Managed(String name) implements ProviderProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "provider/managed";
    }

    @Override
    public String detail() {
      return "%s is the installation's own bucket: it cannot be changed, probed or deleted. Make a storage provider for a bucket of yours."
          .formatted(name);
    }
  }

  /**
   * @param datasets some of their names
   * @param leaving how many more are just being deleted
   */
  record InUse(String name, String what, List<String> datasets, long count, long leaving)
      implements ProviderProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "provider/in-use";
    }

    @Override
    public String detail() {
      if (count == 0) {
        return "%s cannot %s yet: %d of its datasets are still being deleted. Try again in a moment."
            .formatted(name, what, leaving);
      }
      return "%s cannot %s: %d of your datasets lie there (%s%s). Delete them first, or make another storage provider."
          .formatted(
              name, what, count, String.join(", ", datasets), count > datasets.size() ? ", …" : "");
    }
  }

  record Referred(String name) implements ProviderProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "provider/referred";
    }

    @Override
    public String detail() {
      return "%s cannot be deleted: files of your versions that were imported by reference are read from its bucket. Delete those versions, wait until they are collected, then try again."
          .formatted(name);
    }
  }

  record ChangedMeanwhile(String name) implements ProviderProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "provider/changed-meanwhile";
    }

    @Override
    public String detail() {
      return "%s was changed by somebody else while its bucket was probed. Nothing was saved; look, then try again."
          .formatted(name);
    }
  }

  record OtherBucket(String name, String object) implements ProviderProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "provider/other-bucket";
    }

    @Override
    public String detail() {
      return "The bucket that %s would be is not the one its datasets lie in: it has no %s. Nothing was saved; copy the objects there first, or make another storage provider."
          .formatted(name, object);
    }
  }

  record PrivateEndpoint(String detail) implements ProviderProblem {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "provider/private-endpoint";
    }
  }

  record Unreachable(URI endpoint, String why) implements ProviderProblem {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "provider/unreachable";
    }

    @Override
    public String detail() {
      return "%s does not answer: %s. Nothing was saved; look at the endpoint and the region, then try again."
          .formatted(endpoint, why);
    }
  }

  record Refuses(String bucket, Step step, String why) implements ProviderProblem {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "provider/refuses";
    }

    @Override
    public String detail() {
      return "The bucket %s does not let us %s: %s. Nothing was saved; look at the bucket's name and region, at the keys, and at what they permit (s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject)."
          .formatted(bucket, step, why);
    }
  }

  record TooManyProbes() implements ProviderProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "provider/too-many-probes";
    }

    @Override
    public String detail() {
      return "As many buckets are being probed as can be at once. Nothing was saved; try again in a moment.";
    }
  }

  record SecretUnreadable(ProviderId provider) implements ProviderProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "provider/secret-unreadable";
    }

    @Override
    public String detail() {
      return "The secret of storage provider %s cannot be opened any more: the key that sealed it is gone. Give it again with POST /storageProviders/%s, or have the operator restore the key file."
          .formatted(provider, provider);
    }
  }
}
