package io.moraine.dataset;

import io.moraine.testkit.MoraineArchitecture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
  @TestFactory
  Stream<DynamicTest> architecture() {
    return MoraineArchitecture.service("io.moraine.dataset");
  }
}
