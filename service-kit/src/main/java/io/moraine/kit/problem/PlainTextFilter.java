package io.moraine.kit.problem;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Refuses plain text where a method does not say that it takes it: JAX-RS would hand the whole text
 * to the constructor of any body that has one of a single string.
 */
public class PlainTextFilter {
  /** After the key was checked. */
  private static final int LATE = 6000;

  @ServerRequestFilter(priority = LATE, nonBlocking = true)
  public Optional<Response> filter(ContainerRequestContext request, ResourceInfo resource) {
    MediaType type = request.getMediaType();
    return type != null && type.getType().equalsIgnoreCase("text") && takesJson(resource)
        ? Optional.of(
            ProblemMapper.answer(
                new RequestProblem.Http(
                    415, "This call takes application/json, not %s.".formatted(type))))
        : Optional.empty();
  }

  private static boolean takesJson(ResourceInfo resource) {
    Method method = resource.getResourceMethod();
    return !method.isAnnotationPresent(Consumes.class)
        && Arrays.stream(method.getParameterTypes()).noneMatch(InputStream.class::equals);
  }
}
