package io.moraine.dataset.dataset;

import io.moraine.dataset.provider.Provider;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import java.time.Instant;

/** A live dataset, as the Gradient API shows it. */
public record Dataset(
    DatasetId id,
    DatasetName name,
    String description,
    Provider storageProvider,
    Retention retention,
    Instant dtCreated,
    Instant dtModified) {}
