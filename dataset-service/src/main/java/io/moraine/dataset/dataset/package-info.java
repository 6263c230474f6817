/**
 * Datasets: named lines of versions in one storage provider.
 *
 * <p>A dataset is <em>live</em>, or <em>deleting</em>, which nobody sees any more. Entering
 * deleting is one transaction that takes the dataset's row, then turns all its versions to
 * deleting, then looks for holds and gives up when one is left. Whoever adds to a dataset locks its
 * row first ({@link Datasets#lock}); whoever adds a hold or a tag locks the version's row: so
 * neither can slip in behind. After it only forward: package {@code version} finishes every version
 * that is deleting (tombstone, staged changes, row, VersionDeleted), and {@link DeleteDataset}
 * takes the dataset's own row away once no version is left.
 */
package io.moraine.dataset.dataset;
