package io.moraine.kit.outbox;

import io.moraine.events.Topic;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the topics that are missing, before any channel subscribes. */
@ApplicationScoped
class Topics {
  private static final int FIRST = 1;

  /** The largest record that other topics take, and what became of it. */
  private static final int DEAD_LETTER_BYTES = 2 << 20;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String servers;

  @ConfigProperty(name = "moraine.topics.partitions", defaultValue = "6")
  int partitions;

  @ConfigProperty(name = "moraine.topics.replication", defaultValue = "1")
  short replication;

  /**
   * Consumers are told of what they missed for this long; afterwards reconciliation has to find it.
   */
  @ConfigProperty(name = "moraine.topics.retention", defaultValue = "P30D")
  Duration retention;

  void make(@Observes @Priority(FIRST) StartupEvent start) throws Exception {
    List<NewTopic> topics =
        Stream.concat(
                Arrays.stream(Topic.values()).map(Topic::topic), Stream.of(Topic.DEAD_LETTERS))
            .map(name -> new NewTopic(name, partitions, replication).configs(configs(name)))
            .toList();
    try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers))) {
      for (var made : admin.createTopics(topics).values().values()) {
        await(made);
      }
    }
  }

  /** Records carry the broker's time: a producer's own would let an expired token look young. */
  private Map<String, String> configs(String topic) {
    Map<String, String> configs = new HashMap<>();
    configs.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
    configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    if (topic.equals(Topic.DEAD_LETTERS)) {
      configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(DEAD_LETTER_BYTES));
    }
    return configs;
  }

  private void await(org.apache.kafka.common.KafkaFuture<Void> made) throws Exception {
    try {
      made.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    } catch (TimeoutException e) {
      throw new IllegalStateException("Kafka at " + servers + " does not answer", e);
    }
  }
}
