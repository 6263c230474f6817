package io.moraine.dataset;

import io.vertx.mutiny.sqlclient.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;

/**
 * Lets time pass for one team: its rows, and its objects in the bucket, become so much older. Not
 * while a request of it is under way. Drafts and holds do not expire by it.
 */
public final class PassingTime {
  private static final List<String> COLUMNS =
      List.of(
          "content c SET created_at = c.created_at - $t, condemned_at = c.condemned_at - $t FROM provider p WHERE c.store = p.id",
          "content_reference c SET created_at = c.created_at - $t, condemned_at = c.condemned_at - $t"
              + " FROM provider p WHERE c.store = p.id",
          "source_object o SET looked_at = o.looked_at - $t FROM provider p WHERE o.provider = p.id",
          "object_deletion o SET since = o.since - $t, claimed_at = o.claimed_at - $t FROM provider p WHERE o.store = p.id",
          "collection c SET started_at = c.started_at - $t, whole_at = c.whole_at - $t FROM provider p WHERE c.store = p.id",
          "version v SET created_at = v.created_at - $t, modified_at = v.modified_at - $t,"
              + " committed_at = v.committed_at - $t FROM dataset p WHERE v.dataset = p.id");

  private PassingTime() {}

  public static void pass(Pool database, TestTeam team, Duration time) throws IOException {
    for (String column : COLUMNS) {
      database
          .query(
              "UPDATE "
                  + column.replace("$t", "interval '" + time.toSeconds() + " seconds'")
                  + " AND p.team = '"
                  + team.id()
                  + "'")
          .execute()
          .await()
          .atMost(Duration.ofSeconds(30));
    }
    for (String kind : List.of("/blobs/", "/packs/", "/versions/")) {
      for (Path object : StoredObjects.find(team.id() + kind, "")) {
        FileTime then = Files.getLastModifiedTime(object);
        Files.setLastModifiedTime(object, FileTime.from(then.toInstant().minus(time)));
      }
    }
  }
}
