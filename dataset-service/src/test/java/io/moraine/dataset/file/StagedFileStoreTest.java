package io.moraine.dataset.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.content.file.CutFile;
import io.moraine.content.file.FileCutter;
import io.moraine.dataset.TestVersion;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.file.StagedFileStore.Staged;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class StagedFileStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Inject StagedFileStore store;
  @Inject Contents contents;
  @Inject Pool pool;

  @Test
  void aFileIsNotStagedWhoseObjectIsBeingDeleted() throws Exception {
    TestVersion version = TestVersion.open();
    TeamId team = new TeamId(version.team().id());
    byte[] bytes = FileTest.bytes("recorded too late");
    CutFile file =
        new FileCutter()
            .cut(new ByteArrayInputStream(bytes), bytes.length, (piece, length, sha256) -> {});
    String object = contents.blobObject(team, file.content().sha256());
    PutTarget target =
        store
            .target(
                team,
                DatasetRef.parse(version.dataset() + ":" + version.id()),
                file.content().sha256(),
                object)
            .await()
            .atMost(PATIENCE)
            .orElseThrow();
    Location location = contents.ownObject(target.store(), file.content(), bytes.length);
    deletion(
        "INSERT INTO object_deletion (store, object, claimed_at) VALUES ($1, $2, now())",
        target,
        object);

    Staged late = stage(target, file, location);
    assertThat(late.done()).isFalse();
    assertThat(late.going()).contains(object);
    version.team().request().get(version.path() + "/files").then().body("items.size()", equalTo(0));
    deletion("DELETE FROM object_deletion WHERE store = $1 AND object = $2", target, object);
    assertThat(stage(target, file, location))
        .isEqualTo(new Staged(true, Optional.empty(), Optional.empty(), List.of()));
  }

  private Staged stage(PutTarget target, CutFile file, Location brought) {
    return store
        .stage(target, FilePath.of("a"), file, Seen.NEVER, List.of(brought, brought), Set.of())
        .await()
        .atMost(PATIENCE);
  }

  private void deletion(String sql, PutTarget target, String object) {
    pool.preparedQuery(sql)
        .execute(Tuple.of(target.store().provider().text(), object))
        .await()
        .atMost(PATIENCE);
  }
}
