package io.moraine.kit.problem;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.kit.auth.Open;
import io.moraine.vocabulary.DatasetName;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.net.ConnectException;
import java.util.List;
import java.util.Optional;

/** Refuses in every way there is. */
@Path("/refusing")
public class Refusing {
  /** A body that checks itself. */
  public record Body(DatasetName name, int count, Optional<List<String>> words) {
    public Body {
      if (count < 0) {
        throw new IllegalArgumentException("count must not be negative.");
      }
    }
  }

  /** A body that plain text would do for, if it were asked. */
  public record Word(String text) {}

  private final Pool database;

  Refusing(Pool database) {
    this.database = database;
  }

  @GET
  @Path("/problem")
  @Open
  public String problem() {
    throw new RequestProblem.NotFound("dataset", "faces").exception();
  }

  @GET
  @Path("/fault")
  @Open
  public String fault() {
    throw new IllegalStateException("the secret is 42");
  }

  @GET
  @Path("/unreachable")
  @Open
  public Uni<String> unreachable() {
    return Uni.createFrom().failure(new ConnectException("Connection refused: 127.0.0.1:54320"));
  }

  /** Ends its own connection, as a server that goes down does. */
  @GET
  @Path("/interrupted")
  @Open
  public Uni<String> interrupted() {
    return database
        .query("SELECT pg_terminate_backend(pg_backend_pid())")
        .execute()
        .map(rows -> "never");
  }

  @GET
  @Path("/named/{name}")
  @Open
  public Uni<String> named(String name) {
    return database
        .preparedQuery("SELECT $1::text AS name")
        .execute(Tuple.of(name))
        .map(rows -> rows.iterator().next().getString("name"));
  }

  @POST
  @Path("/tree")
  @Open
  public Uni<String> tree(JsonNode tree) {
    return database
        .preparedQuery("SELECT $1::text::jsonb::text AS tree")
        .execute(Tuple.of(tree.toString()))
        .map(rows -> rows.iterator().next().getString("tree"));
  }

  @POST
  @Path("/word")
  @Open
  public String word(Word word) {
    return word.text();
  }

  @POST
  @Path("/body")
  @Open
  public String body(Body body) {
    return RequestProblem.required(body).name().text();
  }
}
