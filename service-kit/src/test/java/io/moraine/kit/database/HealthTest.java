package io.moraine.kit.database;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class HealthTest {
  @Inject Pool database;

  @Test
  void aDatabaseThatIsBackIsUpAtTheFirstLook() {
    requireUp(); // Whatever this look keeps for the next is broken now:

    database
        .query(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name LIKE '%JDBC%'")
        .execute()
        .await()
        .atMost(Duration.ofSeconds(60));

    requireUp();
  }

  private static void requireUp() {
    given().get("/q/health").then().statusCode(200).body("status", equalTo("UP"));
  }
}
