package io.moraine.dataset.ref;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;

/**
 * The version that a ref names at this moment.
 *
 * @param owner whose it is
 * @param store where its contents lie
 * @param committed false only when the ref named the version by its id
 */
public record ResolvedVersion(
    TeamId owner,
    DatasetId dataset,
    DatasetName name,
    ProviderId store,
    VersionId version,
    boolean committed) {}
