package io.moraine.dataset.dataset;

import io.moraine.dataset.provider.Provider;
import io.moraine.kit.condition.EntityTag;
import io.moraine.kit.condition.Tagged;
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
    Instant dtModified)
    implements Tagged {
  @Override
  public EntityTag entityTag() {
    return EntityTag.of(id, name, description, retention, dtModified);
  }
}
