package io.moraine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.moraine.testkit.fixture.two.OtherFeature;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class MoraineArchitectureTest {
  private static final String FIXTURE = "io.moraine.testkit.fixture";
  private static final JavaClasses BAD = new ClassFileImporter().importPackages(FIXTURE);
  private static final JavaClasses GOOD = new ClassFileImporter().importClasses(OtherFeature.class);

  /** These modules come before test-kit, so their rules are kept here. */
  @TestFactory
  Stream<DynamicTest> librariesArePlain() {
    return Stream.of("io.moraine.vocabulary", "io.moraine.events", "io.moraine.content")
        .filter(MoraineArchitectureTest::hasClasses)
        .flatMap(MoraineArchitecture::library);
  }

  @TestFactory
  Stream<DynamicTest> everyRuleRefusesItsFixtureAndPassesAPlainClass() {
    List<ArchRule> rules = MoraineArchitecture.serviceRules(FIXTURE);
    return Stream.concat(rules.stream(), Stream.of(MoraineArchitecture.importsNoFramework()))
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.getDescription(),
                    () -> {
                      assertThat(rule.evaluate(BAD).hasViolation()).isTrue();
                      assertThat(rule.evaluate(GOOD).hasViolation()).isFalse();
                    }));
  }

  @Test
  void anEdgeMayImportQuarkus() {
    assertThat(MoraineArchitecture.domainIsPlain().evaluate(BAD).getFailureReport().getDetails())
        .isNotEmpty()
        .noneMatch(line -> line.contains("ForeignResource"));
  }

  @Test
  void aPackageWithoutClassesIsAMistake() {
    assertThatThrownBy(() -> MoraineArchitecture.service("io.moraine.nothing"))
        .hasMessageContaining("no class under io.moraine.nothing");
  }

  private static boolean hasClasses(String root) {
    return !new ClassFileImporter().importPackages(root).isEmpty();
  }
}
