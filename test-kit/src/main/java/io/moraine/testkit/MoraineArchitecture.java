package io.moraine.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The rules of section 2 of the design as tests, one per rule. A module applies them so:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> architecture() {
 *   return MoraineArchitecture.service("io.moraine.cache");
 * }
 * }</pre>
 */
public final class MoraineArchitecture {
  /** Each service's root package; {@code kit} is what they share. */
  private static final List<String> SERVICES =
      List.of("io.moraine.dataset", "io.moraine.volume", "io.moraine.cache");

  /** What the edges of a feature may touch and its domain may not. */
  private static final String[] EDGE_LIBRARIES = {
    "io.quarkus..",
    "org.apache.kafka..",
    "io.vertx..sqlclient..",
    "io.vertx..pgclient..",
    "jakarta.ws.rs..",
    "org.eclipse.microprofile.reactive.messaging..",
    "java.sql.."
  };

  private static final List<String> EDGES =
      List.of(
          "Resource",
          "Row",
          "Store",
          "Consumer",
          "Config",
          "Client",
          "Worker",
          "Relay",
          "Job",
          "Health",
          "Metrics",
          "Application",
          "Startup",
          "Filter",
          "Mapper",
          "Producer");

  private static final String[] FRAMEWORKS = {
    "io.quarkus..",
    "io.vertx..",
    "io.smallrye..",
    "jakarta.enterprise..",
    "jakarta.inject..",
    "jakarta.ws.rs..",
    "jakarta.persistence..",
    "org.hibernate..",
    "org.eclipse.microprofile..",
    "org.apache.kafka..",
    "org.springframework.."
  };

  private static final Map<String, String> BANNED_ENDINGS =
      new TreeMap<>(
          Map.of(
              "Impl", "name what sets this one apart, or drop the interface that has no second",
              "Manager", "name what it does: a verb such as CommitVersion, or the thing it keeps",
              "Util", "move each method to the type it is about",
              "Utils", "move each method to the type it is about",
              "Helper", "move each method to the type it is about",
              "Dto", "name the thing: a record such as Version, or the request it carries"));

  private MoraineArchitecture() {}

  /**
   * The rules of a service whose classes lie under {@code root}, such as {@code io.moraine.cache}.
   */
  public static Stream<DynamicTest> service(String root) {
    return tests(root, serviceRules(root));
  }

  /** The rules of {@code vocabulary}, {@code events} and {@code content}. */
  public static Stream<DynamicTest> library(String root) {
    return tests(root, libraryRules());
  }

  static List<ArchRule> serviceRules(String root) {
    List<ArchRule> rules = new ArrayList<>();
    rules.add(importsNoOtherService(root));
    rules.add(domainIsPlain());
    rules.add(storesStayInTheirPackage());
    rules.add(featuresHaveOneDirection(root));
    rules.addAll(namesSaySomething());
    return rules;
  }

  static List<ArchRule> libraryRules() {
    List<ArchRule> rules = new ArrayList<>();
    rules.add(importsNoFramework());
    rules.addAll(namesSaySomething());
    return rules;
  }

  static ArchRule importsNoOtherService(String root) {
    String[] others =
        SERVICES.stream()
            .filter(service -> !service.equals(root))
            .map(service -> service + "..")
            .toArray(String[]::new);
    return noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .as("a service imports no other service")
        .because("services talk by events and REST");
  }

  static ArchRule domainIsPlain() {
    return noClasses()
        .that(describe("are no edges", type -> !isEdge(type)))
        .should()
        .dependOnClassesThat(resideInAnyPackage(EDGE_LIBRARIES))
        .as("domain classes import no Quarkus, Kafka, REST or SQL")
        .because("only edges may, and their names end in one of " + EDGES)
        .allowEmptyShould(true);
  }

  static ArchRule storesStayInTheirPackage() {
    return classes()
        .that(describe("are stores or rows", type -> outermostEndsWith(type, "Store", "Row")))
        .and()
        .areTopLevelClasses()
        .should()
        .bePackagePrivate()
        .as("stores and rows are package-private")
        .because("tables never leave their feature: offer a record or a verb instead")
        .allowEmptyShould(true);
  }

  static ArchRule featuresHaveOneDirection(String root) {
    return slices()
        .matching(root + ".(*)..")
        .should()
        .beFreeOfCycles()
        .as("features import one another in one direction only")
        .allowEmptyShould(true);
  }

  static ArchRule importsNoFramework() {
    return noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(FRAMEWORKS)
        .as("a plain library imports no framework")
        .because("services, the command line and tests use it alike");
  }

  static List<ArchRule> namesSaySomething() {
    List<ArchRule> rules = new ArrayList<>();
    BANNED_ENDINGS.forEach(
        (ending, instead) ->
            rules.add(
                noClasses()
                    .should()
                    .haveSimpleNameEndingWith(ending)
                    .as("no name ends in " + ending)
                    .because("it says nothing: " + instead)));
    return rules;
  }

  private static Stream<DynamicTest> tests(String root, List<ArchRule> rules) {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(root);
    if (classes.isEmpty()) {
      throw new IllegalArgumentException("There is no class under " + root + " to hold to rules.");
    }
    return rules.stream()
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(classes)));
  }

  private static boolean isEdge(JavaClass type) {
    return outermostEndsWith(type, EDGES.toArray(String[]::new));
  }

  /**
   * A nested class, a lambda's included, belongs to the class whose file it is in. The bare word is
   * none: a {@code Store} is a word of the domain.
   */
  private static boolean outermostEndsWith(JavaClass type, String... endings) {
    JavaClass outermost = type;
    while (outermost.getEnclosingClass().isPresent()) {
      outermost = outermost.getEnclosingClass().get();
    }
    String name = outermost.getSimpleName();
    return Stream.of(endings).anyMatch(end -> name.endsWith(end) && !name.equals(end));
  }
}
