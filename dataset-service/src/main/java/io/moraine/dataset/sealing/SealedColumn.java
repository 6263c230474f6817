package io.moraine.dataset.sealing;

/**
 * Where a feature keeps secrets: a column of a table, each row's sealed for that row. A bean for
 * each of them, made by its feature, has them sealed anew when the key changes.
 *
 * @param owner an SQL expression over the row: for whom its secret is sealed, in the words that the
 *     feature gives to {@link Sealer#seal}
 */
public record SealedColumn(String table, String column, String owner) {}
