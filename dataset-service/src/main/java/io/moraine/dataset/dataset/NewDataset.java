package io.moraine.dataset.dataset;

import io.moraine.vocabulary.DatasetName;
import java.util.Optional;

/**
 * What a dataset is made from; without a provider it lies in the team's managed one.
 *
 * @param isPublic whether every team may read it; not, unless it is said
 */
record NewDataset(
    DatasetName name,
    Optional<String> storageProviderId,
    Optional<String> description,
    Optional<Boolean> isPublic) {
  static final int LONGEST_DESCRIPTION = 4_096;

  NewDataset {
    if (name == null) {
      throw new IllegalArgumentException("name is missing: what is the dataset called?");
    }
    description.ifPresent(NewDataset::checkDescription);
  }

  static void checkDescription(String description) {
    if (description.length() > LONGEST_DESCRIPTION || description.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "description must have at most %,d characters and no NUL."
              .formatted(LONGEST_DESCRIPTION));
    }
  }
}
