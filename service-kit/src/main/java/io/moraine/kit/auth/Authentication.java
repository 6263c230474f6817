package io.moraine.kit.auth;

import io.moraine.kit.problem.ProblemMapper;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** The one place where a request's key is checked and its role compared. */
@ApplicationScoped
public class Authentication {
  /** Where a service names the team it acts for. */
  public static final String TEAM_HEADER = "X-Moraine-Team";

  /** Where the key stands; {@code Authorization: Bearer} does as well. */
  public static final String KEY_HEADER = "X-API-Key";

  private static final String BEARER = "Bearer ";

  private final KeyCheck keys;
  private final Caller caller;

  Authentication(KeyCheck keys, Caller caller) {
    this.keys = keys;
    this.caller = caller;
  }

  @ServerRequestFilter(nonBlocking = true)
  Uni<Response> filter(ContainerRequestContext request, ResourceInfo resource) {
    Method method = resource.getResourceMethod();
    if (method.isAnnotationPresent(Open.class)) {
      return Uni.createFrom().nullItem();
    }
    Optional<ApiKey> key = ApiKey.parse(sentKey(request));
    if (key.isEmpty()) {
      return refuse(new RequestProblem.UnknownKey());
    }
    Role needed = needed(method, request.getMethod());
    // Another request that asked for the same key may have caused the answer: back to our own
    // context
    // before anything of this request is touched.
    Context own = Vertx.currentContext();
    return keys.check(key.get())
        .emitOn(task -> own.runOnContext(ignored -> task.run()))
        .map(info -> info.isPresent() ? admit(info.get(), needed, request) : unknown());
  }

  /** Nothing when the request may go on. */
  private Response admit(KeyInfo key, Role needed, ContainerRequestContext request) {
    if (!key.role().allows(needed)) {
      return ProblemMapper.answer(new RequestProblem.RoleTooSmall(key.role(), needed));
    }
    String team = request.getHeaderString(TEAM_HEADER);
    if (team != null && !TeamId.looksLike(team)) {
      return ProblemMapper.answer(
          new RequestProblem.Invalid("The header " + TEAM_HEADER + " holds no team id."));
    }
    caller.become(key, Optional.ofNullable(team).map(TeamId::new));
    return null;
  }

  private Response unknown() {
    return ProblemMapper.answer(new RequestProblem.UnknownKey());
  }

  private static Uni<Response> refuse(RequestProblem problem) {
    return Uni.createFrom().item(ProblemMapper.answer(problem));
  }

  private static String sentKey(ContainerRequestContext request) {
    String key = request.getHeaderString(KEY_HEADER);
    if (key != null) {
      return key;
    }
    String authorization = request.getHeaderString("Authorization");
    return authorization != null && authorization.startsWith(BEARER)
        ? authorization.substring(BEARER.length())
        : null;
  }

  private static Role needed(Method method, String verb) {
    Requires requires =
        Optional.ofNullable(method.getAnnotation(Requires.class))
            .orElse(method.getDeclaringClass().getAnnotation(Requires.class));
    if (requires != null) {
      return requires.value();
    }
    return verb.equals("GET") || verb.equals("HEAD") ? Role.READER : Role.WRITER;
  }
}
