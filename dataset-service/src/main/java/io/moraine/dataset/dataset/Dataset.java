package io.moraine.dataset.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.moraine.dataset.provider.Provider;
import io.moraine.kit.condition.EntityTag;
import io.moraine.kit.condition.Tagged;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.TeamId;
import java.time.Instant;

/**
 * A live dataset, as the Gradient API shows it.
 *
 * @param isPublic whether every team may read it
 */
public record Dataset(
    DatasetId id,
    DatasetName name,
    String description,
    Provider storageProvider,
    Retention retention,
    TeamId teamId,
    @JsonProperty("isPublic") boolean isPublic,
    Instant dtCreated,
    Instant dtModified)
    implements Tagged {
  @Override
  public EntityTag entityTag() {
    return EntityTag.of(id, name, description, retention, isPublic, dtModified);
  }
}
