package io.moraine.dataset.idempotency;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.dataset.idempotency.RequestStore.Earlier;
import io.moraine.dataset.idempotency.RequestStore.Key;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.condition.Tagged;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.Sha256;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Stands around every {@link Idempotent} method: a request without the header passes, one with it
 * is carried out only by whoever made its row.
 */
@Idempotent
@Interceptor
@Priority(Interceptor.Priority.APPLICATION)
class IdempotencyFilter {
  private static final Logger LOG = Logger.getLogger(IdempotencyFilter.class);
  private static final String HEADER = "Idempotency-Key";

  /** Of a request whose method calls another one that is marked. */
  private static final String STOOD_AROUND = IdempotencyFilter.class.getName();

  private static final int LONGEST_KEY = 255;
  private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1," + LONGEST_KEY + "}");
  private static final int LONGEST_BODY = 256 << 10;
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  /** This process: what another one has taken may be under way there, or lost with it. */
  private static final String HOLDER = UUID.randomUUID().toString();

  private static final Set<Key> UNDER_WAY = ConcurrentHashMap.newKeySet();

  private final RequestStore store;
  private final CurrentVertxRequest current;
  private final Caller caller;
  private final ObjectMapper json;

  IdempotencyFilter(
      RequestStore store, CurrentVertxRequest current, Caller caller, ObjectMapper json) {
    this.store = store;
    this.current = current;
    this.caller = caller;
    this.json = json;
  }

  @AroundInvoke
  Object around(InvocationContext call) throws Exception {
    RoutingContext context = current.getCurrent();
    HttpServerRequest request = context.request();
    String text = request.getHeader(HEADER);
    if (text == null || context.get(STOOD_AROUND) != null) {
      return call.proceed();
    }
    context.put(STOOD_AROUND, true);
    if (!KEY.matcher(text).matches()) {
      throw new IdempotencyProblem.NoKey(LONGEST_KEY).exception();
    }
    Key key = new Key(caller.teamIfAny().map(Object::toString).orElse(""), text);
    Uni<Void> reserved = reserve(key, digest(request, call.getParameters()));
    return Uni.class.isAssignableFrom(call.getMethod().getReturnType())
        ? reserved.chain(() -> later(key, call))
        : now(key, reserved, call);
  }

  private Uni<Void> reserve(Key key, Sha256 request) {
    return store
        .reserve(key, request, HOLDER)
        .invoke(earlier -> earlier.ifPresent(found -> refuse(key, request, found)))
        .invoke(() -> UNDER_WAY.add(key))
        .replaceWithVoid();
  }

  private static void refuse(Key key, Sha256 request, Earlier earlier) {
    if (earlier.request().isEmpty()) {
      throw new IdempotencyProblem.OutcomeUnknown(key.text()).exception();
    }
    if (!earlier.request().get().equals(request)) {
      throw new IdempotencyProblem.KeyReused(key.text()).exception();
    }
    if (earlier.answer().isEmpty()) {
      boolean underWay =
          earlier.holder().equals(HOLDER) ? UNDER_WAY.contains(key) : earlier.young();
      throw underWay
          ? new IdempotencyProblem.UnderWay(key.text()).exception()
          : new IdempotencyProblem.OutcomeUnknown(key.text()).exception();
    }
    KeptAnswer answer = earlier.answer().get();
    throw answer.whole()
        ? new AnsweredBeforeException(answer)
        : new IdempotencyProblem.AnswerNotKept(key.text(), answer.status()).exception();
  }

  private Uni<Object> later(Key key, InvocationContext call) {
    return Uni.createFrom()
        .deferred(() -> carryOut(call))
        .call(result -> quietly(store.keep(key, answer(call, result))))
        .onFailure(IdempotencyFilter::changedNothing)
        .call(() -> quietly(store.release(key)))
        .onTermination()
        .invoke(() -> UNDER_WAY.remove(key));
  }

  @SuppressWarnings("unchecked") // The method's return type was looked at.
  private static Uni<Object> carryOut(InvocationContext call) {
    try {
      return (Uni<Object>) call.proceed();
    } catch (Exception e) {
      return Uni.createFrom().failure(e);
    }
  }

  private Object now(Key key, Uni<Void> reserved, InvocationContext call) throws Exception {
    reserved.await().atMost(DATABASE_PATIENCE);
    try {
      Object result = call.proceed();
      quietly(store.keep(key, answer(call, result))).await().atMost(DATABASE_PATIENCE);
      return result;
    } catch (Exception e) {
      if (changedNothing(e)) {
        quietly(store.release(key)).await().atMost(DATABASE_PATIENCE);
      }
      throw e;
    } finally {
      UNDER_WAY.remove(key);
    }
  }

  /**
   * The request is over whether its row can be written or not; without it the outcome is unknown.
   */
  private static Uni<Void> quietly(Uni<Void> row) {
    return row.onFailure()
        .invoke(e -> LOG.warnf("The answer to an idempotent request is lost: %s", e.getMessage()))
        .onFailure()
        .recoverWithNull();
  }

  /** A refusal is none of the answers that are kept: what it is about may be put right. */
  private static boolean changedNothing(Throwable e) {
    return e instanceof ProblemException refused
        && (refused.problem().status() < 500
            || refused.problem() instanceof RequestProblem.Unavailable);
  }

  private KeptAnswer answer(InvocationContext call, Object result) {
    Object entity = result;
    Optional<String> location = Optional.empty();
    int status =
        Optional.ofNullable(call.getMethod().getAnnotation(ResponseStatus.class))
            .map(ResponseStatus::value)
            .orElse(result == null ? 204 : 200);
    if (result instanceof RestResponse<?> answer) {
      entity = answer.getEntity();
      status = answer.getStatus();
      location = Optional.ofNullable(answer.getHeaderString("Location"));
    }
    Optional<String> etag =
        entity instanceof Tagged shown
            ? Optional.of(shown.entityTag().toString())
            : Optional.empty();
    Optional<String> body =
        isSecret(call) || entity == null
            ? Optional.empty()
            : Optional.of(write(entity)).filter(text -> text.length() <= LONGEST_BODY);
    return new KeptAnswer(status, location, etag, body, body.isPresent());
  }

  private static boolean isSecret(InvocationContext call) {
    return call.getMethod().getAnnotation(Idempotent.class).secret();
  }

  /** Where and with what it was asked, the body as it was understood. */
  private Sha256 digest(HttpServerRequest request, Object[] parameters) {
    String asked = request.method() + " " + request.uri() + " " + write(Arrays.asList(parameters));
    return Sha256.of(asked.getBytes(StandardCharsets.UTF_8));
  }

  private String write(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
