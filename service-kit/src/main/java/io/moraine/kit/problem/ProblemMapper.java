package io.moraine.kit.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever a resource throws into an answer. */
public class ProblemMapper {
  private static final Logger LOG = Logger.getLogger(ProblemMapper.class);
  private static final String MEDIA_TYPE = "application/problem+json";
  private static final String DATABASE = "The database";

  /** PostgreSQL's errors of a server that is going down or coming up, and of lost connections. */
  private static final Pattern GOING = Pattern.compile("57P..|08...");

  /** PostgreSQL's error of a server that takes no more connections. */
  private static final String FULL = "53300";

  /**
   * What the client says of commands on a connection that broke, in exceptions of no type of their
   * own.
   */
  private static final Pattern BROKEN =
      Pattern.compile(
          "Connection is not active now.*|Pending requests failed to be sent.*"
              + "|.*Connection reset by peer.*|.*Broken pipe.*");

  /**
   * PostgreSQL's errors of a text, or one inside of JSON, that holds a NUL, as none of ours does.
   */
  private static final Set<String> NOT_A_TEXT = Set.of("22021", "22P05");

  private static final String TYPE_PREFIX = "urn:moraine:problem:";

  @ServerExceptionMapper
  public Response problem(ProblemException e) {
    return answer(e.problem());
  }

  @ServerExceptionMapper
  public Response json(JsonProcessingException e) {
    return answer(new RequestProblem.Invalid("The body is not what this call takes: " + said(e)));
  }

  /** Quarkus has an answer of its own for these, unless they are named. */
  @ServerExceptionMapper
  public Response mismatch(MismatchedInputException e) {
    return json(e);
  }

  @ServerExceptionMapper
  public Response http(WebApplicationException e, ContainerRequestContext request) {
    Optional<JsonProcessingException> json = cause(e, JsonProcessingException.class);
    if (json.isPresent()) {
      return json(json.get());
    }
    Optional<IllegalArgumentException> word = cause(e, IllegalArgumentException.class);
    int status = e.getResponse().getStatus();
    if (word.isPresent() && status < 500) {
      return answer(new RequestProblem.Http(status, word.get().getMessage()));
    }
    return answer(
        status == 404 || status == 405
            ? new RequestProblem.NoRoute(status, request.getMethod(), path(request))
            : new RequestProblem.Http(status, e.getMessage()));
  }

  /** As it was sent: encoded, so that it is one line. */
  private static String path(ContainerRequestContext request) {
    return request.getUriInfo().getRequestUri().getRawPath();
  }

  /** No connection was made, so nothing was changed. */
  @ServerExceptionMapper
  public Response unreachable(ConnectException e) {
    LOG.warnf("Refused a request: %s", e.getMessage());
    return answer(new RequestProblem.Unavailable(DATABASE));
  }

  /**
   * How a connection says that it broke depends on who noticed first: the client's protocol, its
   * pool, or the socket.
   */
  @ServerExceptionMapper({
    ClosedConnectionException.class,
    VertxException.class,
    SocketException.class,
    ClosedChannelException.class
  })
  public Response broken(Exception e) {
    return interrupted(e);
  }

  /** The same, where it is told by the words alone. */
  @ServerExceptionMapper({NoStackTraceThrowable.class, IOException.class})
  public Response maybeBroken(Throwable e) {
    return BROKEN.matcher(String.valueOf(e.getMessage())).matches() ? interrupted(e) : fault(e);
  }

  @ServerExceptionMapper
  public Response database(PgException e) {
    String state = String.valueOf(e.getSqlState());
    if (state.equals(FULL)) {
      return answer(new RequestProblem.Unavailable(DATABASE));
    }
    if (NOT_A_TEXT.contains(state)) {
      return answer(
          new RequestProblem.Invalid(
              "There is a NUL character in the request; no name, text or cursor holds one."));
    }
    return GOING.matcher(state).matches() ? interrupted(e) : fault(e);
  }

  private Response interrupted(Throwable e) {
    LOG.warnf("Lost the database during a request: %s", e.getMessage());
    return answer(new RequestProblem.Interrupted(DATABASE));
  }

  @ServerExceptionMapper
  public Response fault(Throwable e) {
    String id = UUID.randomUUID().toString();
    LOG.errorf(e, "Fault %s", id);
    return answer(new RequestProblem.Fault(id));
  }

  /** The answer that says {@code problem}. */
  public static Response answer(Problem problem) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", TYPE_PREFIX + problem.type());
    body.put("status", problem.status());
    body.put("detail", problem.detail());
    body.putAll(problem.members());
    body.put(
        "error",
        Map.of(
            "statusCode", problem.status(), "name", problem.type(), "message", problem.detail()));
    return Response.status(problem.status()).type(MEDIA_TYPE).entity(body).build();
  }

  private static String said(JsonProcessingException e) {
    String message =
        cause(e, IllegalArgumentException.class)
            .map(Exception::getMessage)
            .orElse(e.getOriginalMessage());
    return message.lines().findFirst().orElse("it is no JSON.");
  }

  private static <T extends Throwable> Optional<T> cause(Throwable e, Class<T> type) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return Optional.of(type.cast(t));
      }
    }
    return Optional.empty();
  }
}
