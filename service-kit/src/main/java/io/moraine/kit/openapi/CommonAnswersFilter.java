package io.moraine.kit.openapi;

import io.moraine.kit.auth.Authentication;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * Completes the OpenAPI document when the service is built. Refusals are the same everywhere
 * ({@code kit.problem}), so they are declared here and not at every operation; an operation says
 * itself how it succeeds.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class CommonAnswersFilter implements OASFilter {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^}]+)}");
  private static final String PROBLEM = "Problem";

  /** As clients of Paperspace's newer API read it. */
  private static final String V1_PROBLEM = "V1Problem";

  private static final String V1 = "/v1/";
  private static final String SCHEMAS = "#/components/schemas/";
  private static final String PROBLEM_JSON = "application/problem+json";
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";

  /** The grammar of each word; what lies behind it is not the caller's business. */
  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("TeamId", "^te[0-9a-z]{12}$"),
          Map.entry("DatasetId", "^dst[0-9a-z]{12}$"),
          Map.entry("ProviderId", "^spl[0-9a-z]{12}$"),
          Map.entry("ImportId", "^im[0-9a-z]{12}$"),
          Map.entry("HookId", "^hk[0-9a-z]{12}$"),
          Map.entry("VersionId", "^(?=[a-z]*[0-9])[0-9a-z]{7}$"),
          Map.entry("DatasetName", "^[a-z0-9][a-z0-9._-]{0,127}$"),
          Map.entry("TagName", "^[a-z0-9][a-z0-9._-]{0,127}$"),
          Map.entry("RunName", "^" + NAME + "$"),
          Map.entry("Sha256", "^[0-9a-f]{64}$"),
          Map.entry("FilePath", "^[^\\x00]+$"));

  private static final Map<String, String> ALWAYS =
      Map.of(
          "400", "The request is not valid: the detail says what is wrong.",
          "401", "No API key, or none that is known.",
          "403", "The key's role is too small.",
          "500", "Our fault; the log has it under the answer's instance.",
          "503", "Something that is needed does not answer; try again in a moment.");

  /** What the HTTP layer has for itself: OpenAPI has other places for them, or none. */
  private static final Set<String> NO_PARAMETERS =
      Set.of("accept", "authorization", "content-length", "content-type");

  @Override
  public void filterOpenAPI(OpenAPI document) {
    Components components =
        Optional.ofNullable(document.getComponents()).orElseGet(OASFactory::createComponents);
    document.setComponents(components);
    Map<String, Schema> schemas =
        new TreeMap<>(Optional.ofNullable(components.getSchemas()).orElseGet(Map::of));
    schemas.replaceAll((name, schema) -> WORDS.containsKey(name) ? word(name) : schema);
    schemas.put(PROBLEM, problem());
    if (document.getPaths().getPathItems().keySet().stream().anyMatch(CommonAnswersFilter::isV1)) {
      schemas.put(V1_PROBLEM, v1Problem());
    }
    components.setSchemas(schemas);
    components.addSecurityScheme(
        "key",
        OASFactory.createSecurityScheme()
            .type(SecurityScheme.Type.APIKEY)
            .in(SecurityScheme.In.HEADER)
            .name(Authentication.KEY_HEADER));
    components.addSecurityScheme(
        "bearer",
        OASFactory.createSecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"));
    for (String scheme : List.of("key", "bearer")) {
      document.addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme(scheme));
    }
    document.getPaths().getPathItems().forEach(CommonAnswersFilter::complete);
  }

  private static void complete(String path, PathItem item) {
    item.getOperations()
        .forEach(
            (method, operation) -> {
              dropParameters(operation);
              namePathParameters(path, operation);
              parameters(operation).forEach(CommonAnswersFilter::typeDefault);
              if (method == PathItem.HttpMethod.POST) {
                operation.addParameter(idempotencyKey());
              }
              String problem = SCHEMAS + (isV1(path) ? V1_PROBLEM : PROBLEM);
              declare(operation, ALWAYS, problem);
              declare(operation, refusals(path, method, operation), problem);
              complete(operation, problem);
            });
  }

  private static boolean isV1(String path) {
    return path.startsWith(V1);
  }

  private static Map<String, String> refusals(
      String path, PathItem.HttpMethod method, Operation operation) {
    Map<String, String> refusals = new LinkedHashMap<>();
    boolean hasBody = operation.getRequestBody() != null;
    boolean changes = method != PathItem.HttpMethod.GET && method != PathItem.HttpMethod.HEAD;
    if (hasBody
        || path.contains("{")
        || parameters(operation).stream().anyMatch(CommonAnswersFilter::isId)) {
      refusals.put("404", "It is not there, or it is another team's, which is the same.");
    }
    if (changes) {
      refusals.put("409", "It is in a state in which this cannot be done: the detail says which.");
    }
    if (hasBody) {
      refusals.put("413", "The body is larger than this call takes.");
      refusals.put("415", "The body is not of a type that this call takes.");
      refusals.put("422", "The body is well-formed and contradicts itself or what is there.");
    }
    if (names(operation, IDEMPOTENCY_KEY)) {
      refusals.put("422", "The body contradicts what is there, or the Idempotency-Key was used.");
      refusals.put("429", "The team has given too many Idempotency-Keys.");
    }
    if (names(operation, "If-Match")) {
      refusals.put("412", "It is no longer what If-Match says: read it again.");
    }
    return refusals;
  }

  /** Whether it names a thing in the query, as {@code storageProviderId} or {@code datasetRef}. */
  private static boolean isId(Parameter parameter) {
    return parameter.getIn() == Parameter.In.QUERY && parameter.getName().matches(".*(Id|Ref)");
  }

  private static boolean names(Operation operation, String header) {
    return parameters(operation).stream().anyMatch(p -> header.equalsIgnoreCase(p.getName()));
  }

  private static void dropParameters(Operation operation) {
    operation.setParameters(
        parameters(operation).stream()
            .filter(
                parameter ->
                    parameter.getIn() != Parameter.In.HEADER
                        || !NO_PARAMETERS.contains(parameter.getName().toLowerCase(Locale.ROOT)))
            .collect(Collectors.toCollection(ArrayList::new)));
  }

  /** One that a method reads from the raw path is no parameter of it. */
  private static void namePathParameters(String path, Operation operation) {
    Matcher placeholders = PLACEHOLDER.matcher(path);
    while (placeholders.find()) {
      String name = placeholders.group(1);
      if (parameters(operation).stream()
          .noneMatch(p -> p.getIn() == Parameter.In.PATH && name.equals(p.getName()))) {
        operation.addParameter(
            OASFactory.createParameter()
                .name(name)
                .in(Parameter.In.PATH)
                .required(true)
                .schema(string().minLength(1)));
      }
    }
  }

  /** A number that is read as text, so that its refusal is ours, has a text for a default. */
  private static void typeDefault(Parameter parameter) {
    Schema schema = parameter.getSchema();
    if (schema != null
        && List.of(SchemaType.INTEGER).equals(schema.getType())
        && schema.getDefaultValue() instanceof String text) {
      schema.setDefaultValue(Integer.valueOf(text));
    }
  }

  private static List<Parameter> parameters(Operation operation) {
    return operation.getParameters() == null ? List.of() : operation.getParameters();
  }

  /** A refusal that an operation says itself is as all of them are. */
  private static void complete(Operation operation, String problem) {
    APIResponses answers = operation.getResponses();
    answers
        .getAPIResponses()
        .forEach(
            (status, answer) -> {
              if (status.startsWith("4") && answer.getContent() == null) {
                answer.setContent(refusal(answer.getDescription(), problem).getContent());
              }
            });
  }

  /** What an operation says itself stays, unless it says nothing of its content. */
  private static void declare(Operation operation, Map<String, String> refusals, String problem) {
    APIResponses answers = operation.getResponses();
    new TreeMap<>(refusals)
        .forEach(
            (status, meaning) -> {
              APIResponse declared = answers.getAPIResponse(status);
              if (declared == null || declared.getContent() == null) {
                answers.addAPIResponse(status, refusal(meaning, problem));
              }
            });
  }

  private static Parameter idempotencyKey() {
    return OASFactory.createParameter()
        .name(IDEMPOTENCY_KEY)
        .in(Parameter.In.HEADER)
        .description(
            "Names this request for a day: sent again with the same key it is not done again, and"
                + " answered with the same words.")
        .schema(string().minLength(1).maxLength(255));
  }

  private static APIResponse refusal(String meaning, String problem) {
    Content content =
        OASFactory.createContent()
            .addMediaType(
                PROBLEM_JSON,
                OASFactory.createMediaType().schema(OASFactory.createSchema().ref(problem)));
    return OASFactory.createAPIResponse().description(meaning).content(content);
  }

  private static Schema word(String name) {
    return string().pattern(WORDS.get(name));
  }

  private static Schema problem() {
    Schema error =
        object(
            "As the original Gradient client reads it.",
            Map.of("statusCode", integer(), "name", string(), "message", string()));
    Map<String, Schema> members = refused();
    members.put("error", error);
    return object("A refusal (RFC 9457); some have further members.", members);
  }

  private static Schema v1Problem() {
    Map<String, Schema> members = refused();
    members.put("code", string().description("The status as a word, such as NOT_FOUND."));
    members.put("message", string().description("The detail again."));
    return object("A refusal (RFC 9457) below /v1.", members);
  }

  private static Map<String, Schema> refused() {
    Map<String, Schema> members = new LinkedHashMap<>();
    members.put("type", string().description("Stable: urn:moraine:problem:{what}."));
    members.put("status", integer());
    members.put("detail", string().description("What, which, why, and what to do."));
    return members;
  }

  private static Schema object(String meaning, Map<String, Schema> members) {
    return OASFactory.createSchema()
        .addType(SchemaType.OBJECT)
        .description(meaning)
        .properties(members)
        .required(new ArrayList<>(members.keySet()));
  }

  private static Schema string() {
    return OASFactory.createSchema().addType(SchemaType.STRING);
  }

  private static Schema integer() {
    return OASFactory.createSchema().addType(SchemaType.INTEGER);
  }
}
