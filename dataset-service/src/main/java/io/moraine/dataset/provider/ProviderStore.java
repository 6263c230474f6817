package io.moraine.dataset.provider;

import io.moraine.content.store.BucketAccess.UrlStyle;
import io.moraine.content.store.BucketProbe.Findings;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

@ApplicationScoped
class ProviderStore {
  /** More than any team needs; a list is never longer. */
  static final int MOST = 1_000;

  private static final String NAME_IS_UNIQUE = "provider_team_name_key";
  private static final String COLUMNS =
      """
      id, type, name, managed, revision, bucket, prefix, endpoint, region, signature_version, url_style, access_key,
      secret, takes_conditions, keeps_objects, enforces_checksums
      """;
  private static final String FIND =
      "SELECT " + COLUMNS + " FROM provider WHERE team = $1 AND id = $2";
  private static final String MANAGED =
      "SELECT " + COLUMNS + " FROM provider WHERE team = $1 AND managed";
  private static final String BY_ID = "SELECT " + COLUMNS + " FROM provider WHERE id = $1";
  private static final String LIST =
      "SELECT " + COLUMNS + " FROM provider WHERE team = $1 ORDER BY %s LIMIT $2 OFFSET $3";
  private static final String COUNT = "SELECT count(*) FROM provider WHERE team = $1";
  private static final String NAMED = "SELECT id FROM provider WHERE team = $1 AND name = $2";
  private static final String INSERT =
      """
      INSERT INTO provider (id, team, name, managed, bucket, prefix, endpoint, region, signature_version, url_style,
        access_key, secret, takes_conditions, keeps_objects, enforces_checksums, probed_at)
      VALUES ($1, $2, $3, false, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now())
      ON CONFLICT (team, name) DO NOTHING
      """;
  private static final String RENAME =
      "UPDATE provider SET name = $2, revision = revision + 1 WHERE id = $1";
  private static final String UPDATE =
      """
      UPDATE provider SET bucket = $2, prefix = $3, endpoint = $4, region = $5, signature_version = $6, url_style = $7,
        access_key = $8, secret = $9, takes_conditions = $10, keeps_objects = $11, enforces_checksums = $12,
        probed_at = now(), revision = revision + 1
      WHERE id = $1
      """;

  /** Alone: new datasets, which take it FOR KEY SHARE, wait. */
  private static final String LOCK =
      "SELECT " + COLUMNS + " FROM provider WHERE team = $1 AND id = $2 FOR UPDATE";

  private static final String USE =
      "SELECT id FROM provider WHERE team = $1 AND id = $2 FOR KEY SHARE";
  private static final String DATASETS =
      """
      SELECT count(*) FILTER (WHERE state = 'live') AS live, count(*) FILTER (WHERE state <> 'live') AS leaving,
        (SELECT array_agg(name) FROM (
           SELECT name FROM dataset WHERE provider = $1 AND state = 'live' ORDER BY name LIMIT 5) AS first) AS names
      FROM dataset WHERE provider = $1
      """;

  /** Contents of other stores: those of its own go with it. */
  private static final String REFERRED =
      """
      SELECT EXISTS (
        SELECT FROM source_object s JOIN content_reference r ON r.source = s.id
        WHERE s.provider = $1 AND r.store <> $1) AS referred
      """;

  private static final String SAMPLE = "SELECT object FROM content WHERE store = $1 LIMIT 1";

  /** No dataset lies there any more, so nothing refers to what goes with it. */
  private static final List<String> DELETE =
      List.of(
          "DELETE FROM content WHERE store = $1",
          "DELETE FROM content_reference WHERE store = $1",
          "DELETE FROM source_object WHERE provider = $1",
          "DELETE FROM object_deletion WHERE store = $1",
          "DELETE FROM collection WHERE store = $1",
          "DELETE FROM dataset_record_due WHERE provider = $1",
          "DELETE FROM provider WHERE id = $1");

  /**
   * A row.
   *
   * @param own what only a team's own provider has
   */
  record Stored(
      ProviderId id, String type, String name, boolean managed, long revision, Optional<Own> own) {}

  /** A team's own bucket, its secret sealed. */
  record Own(ProviderConfig config, byte[] secret, Findings found) {}

  /** The datasets of a provider, and some of their names. */
  record Use(long live, long leaving, List<String> names) {
    boolean isNone() {
      return live + leaving == 0;
    }
  }

  private final Pool database;

  ProviderStore(Pool database) {
    this.database = database;
  }

  Uni<Optional<Stored>> find(TeamId team, String id) {
    return database
        .preparedQuery(FIND)
        .execute(Tuple.of(team.text(), id))
        .map(rows -> stored(rows).findFirst());
  }

  Uni<Stored> managed(TeamId team) {
    return database
        .preparedQuery(MANAGED)
        .execute(Tuple.of(team.text()))
        .map(rows -> stored(rows).findFirst().orElseThrow());
  }

  /** Whosever it is. */
  Uni<Optional<Stored>> find(ProviderId id) {
    return database
        .preparedQuery(BY_ID)
        .execute(Tuple.of(id.text()))
        .map(rows -> stored(rows).findFirst());
  }

  /** {@code orderBy} is SQL of our own making. */
  Uni<List<Stored>> list(TeamId team, String orderBy, int limit, int skip) {
    return database
        .preparedQuery(LIST.formatted(orderBy))
        .execute(Tuple.of(team.text(), limit, skip))
        .map(rows -> stored(rows).toList());
  }

  Uni<Long> count(TeamId team) {
    return database
        .preparedQuery(COUNT)
        .execute(Tuple.of(team.text()))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** Which provider of the team has the name. */
  Uni<Optional<ProviderId>> named(TeamId team, String name) {
    return database
        .preparedQuery(NAMED)
        .execute(Tuple.of(team.text(), name))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .findFirst()
                    .map(row -> new ProviderId(row.getString("id"))));
  }

  /** Whether it was made; not when the name is taken. */
  Uni<Boolean> insert(ProviderId id, TeamId team, String name, Own own) {
    return database
        .preparedQuery(INSERT)
        .execute(
            Tuple.newInstance(
                parameters(io.vertx.sqlclient.Tuple.of(id.text(), team.text(), name), own)))
        .map(rows -> rows.rowCount() == 1);
  }

  /** The row, which nobody else changes or begins to use until {@code tx} ends. */
  Uni<Optional<Stored>> lock(Transaction tx, TeamId team, String id) {
    return tx.preparedQuery(LOCK)
        .execute(Tuple.of(team.text(), id))
        .map(rows -> stored(rows).findFirst());
  }

  /** Whether it is there, and stays until {@code tx} ends. */
  Uni<Boolean> use(Transaction tx, TeamId team, ProviderId id) {
    return tx.preparedQuery(USE)
        .execute(Tuple.of(team.text(), id.text()))
        .map(rows -> rows.size() == 1);
  }

  Uni<Void> rename(Transaction tx, ProviderId id, String name) {
    return tx.preparedQuery(RENAME).execute(Tuple.of(id.text(), name)).replaceWithVoid();
  }

  Uni<Void> update(Transaction tx, ProviderId id, Own own) {
    return tx.preparedQuery(UPDATE)
        .execute(Tuple.newInstance(parameters(io.vertx.sqlclient.Tuple.of(id.text()), own)))
        .replaceWithVoid();
  }

  Uni<Use> datasets(Transaction tx, ProviderId id) {
    return tx.preparedQuery(DATASETS)
        .execute(Tuple.of(id.text()))
        .map(rows -> use(rows.iterator().next()));
  }

  /** Whether versions elsewhere are read from its bucket. */
  Uni<Boolean> isReferred(Transaction tx, ProviderId id) {
    return tx.preparedQuery(REFERRED)
        .execute(Tuple.of(id.text()))
        .map(rows -> rows.iterator().next().getBoolean("referred"));
  }

  private static Use use(Row row) {
    String[] names = row.getArrayOfStrings("names");
    return new Use(
        row.getLong("live"), row.getLong("leaving"), names == null ? List.of() : List.of(names));
  }

  /** An object that has to be in the bucket, when there is one. */
  Uni<Optional<String>> sample(ProviderId id) {
    return database
        .preparedQuery(SAMPLE)
        .execute(Tuple.of(id.text()))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .findFirst()
                    .map(row -> row.getString("object")));
  }

  Uni<Void> delete(Transaction tx, ProviderId id) {
    Uni<Void> all = Uni.createFrom().voidItem();
    for (String statement : DELETE) {
      all =
          all.chain(
              () -> tx.preparedQuery(statement).execute(Tuple.of(id.text())).replaceWithVoid());
    }
    return all;
  }

  /** Whether a statement failed because another provider of the team has the name. */
  static boolean isNameTaken(Throwable e) {
    return e instanceof PgException failure && NAME_IS_UNIQUE.equals(failure.getConstraint());
  }

  private static io.vertx.sqlclient.Tuple parameters(io.vertx.sqlclient.Tuple first, Own own) {
    ProviderConfig config = own.config();
    return first
        .addString(config.bucket())
        .addString(config.prefix())
        .addString(config.endpoint().map(URI::toString).orElse(null))
        .addString(config.region().orElse(null))
        .addString(config.signatureVersion().orElse(null))
        .addString(config.urlStyle().map(ProviderConfig::text).orElse(null))
        .addString(config.accessKey())
        .addBuffer(Buffer.buffer(own.secret()))
        .addBoolean(own.found().takesConditions())
        .addBoolean(own.found().keepsWhatIsThere())
        .addBoolean(own.found().enforcesChecksums());
  }

  private static Stream<Stored> stored(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false).map(ProviderStore::stored);
  }

  private static Stored stored(Row row) {
    boolean managed = row.getBoolean("managed");
    return new Stored(
        new ProviderId(row.getString("id")),
        row.getString("type"),
        row.getString("name"),
        managed,
        row.getLong("revision"),
        managed ? Optional.empty() : Optional.of(own(row)));
  }

  private static Own own(Row row) {
    Optional<UrlStyle> urlStyle =
        Optional.ofNullable(row.getString("url_style")).map(ProviderConfig::urlStyle);
    return new Own(
        new ProviderConfig(
            row.getString("bucket"),
            row.getString("access_key"),
            Optional.ofNullable(row.getString("endpoint")).map(URI::create),
            Optional.ofNullable(row.getString("region")),
            Optional.ofNullable(row.getString("signature_version")),
            row.getString("prefix"),
            urlStyle),
        row.getBuffer("secret").getBytes(),
        new Findings(
            row.getBoolean("takes_conditions"),
            row.getBoolean("keeps_objects"),
            row.getBoolean("enforces_checksums")));
  }
}
