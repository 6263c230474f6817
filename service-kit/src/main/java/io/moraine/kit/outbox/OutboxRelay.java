package io.moraine.kit.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.moraine.events.EventCodec;
import io.moraine.events.EventHeaders;
import io.moraine.events.Topic;
import io.moraine.events.UnreadableEventException;
import io.moraine.events.run.RunEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;

/**
 * Carries the outbox to Kafka. One thread with one connection of its own: an advisory lock makes it
 * the only relay of its database however many instances run, LISTEN wakes it when something was
 * appended. A row is deleted once Kafka has acknowledged it, so a crash between the two sends the
 * same event (same id, same sequence) again.
 */
@ApplicationScoped
class OutboxRelay {
  private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
  private static final long LOCK = 0x4d4f5241494e45L; // "MORAINE"
  private static final int BATCH = 500;
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);

  /** The driver cannot be woken while it waits, so it waits in slices. */
  private static final Duration SLICE = Duration.ofMillis(250);

  @ConfigProperty(name = "quarkus.datasource.jdbc.url")
  String url;

  @ConfigProperty(name = "quarkus.datasource.username")
  String user;

  @ConfigProperty(name = "quarkus.datasource.password")
  String password;

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String servers;

  @ConfigProperty(name = "quarkus.application.name")
  String service;

  private final AtomicLong waiting;
  private final EventCodec codec;
  private final Instance<RunEventTokens> runTokens;
  private final Thread thread = new Thread(this::run, "outbox-relay");
  private volatile boolean stopping;

  OutboxRelay(EventCodec codec, Instance<RunEventTokens> runTokens, MeterRegistry metrics) {
    this.codec = codec;
    this.runTokens = runTokens;
    this.waiting = metrics.gauge("moraine.outbox.waiting", new AtomicLong());
  }

  void start(@Observes StartupEvent start) {
    thread.setDaemon(true);
    thread.start();
  }

  void stop(@Observes ShutdownEvent stop) throws InterruptedException {
    stopping = true;
    thread.join(TimeUnit.SECONDS.toMillis(5));
  }

  private void run() {
    while (!stopping) {
      try (Connection connection = DriverManager.getConnection(url, user, password);
          KafkaProducer<String, byte[]> producer = new KafkaProducer<>(producerConfig())) {
        relay(connection, producer);
      } catch (SQLException | ExecutionException | RuntimeException e) {
        if (!stopping) {
          LOG.warnf("The outbox waits: %s", e.getMessage());
          pause();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void relay(Connection connection, KafkaProducer<String, byte[]> producer)
      throws SQLException, ExecutionException, InterruptedException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
      statement.execute("LISTEN " + Outbox.CHANNEL);
    }
    PGConnection notifications = connection.unwrap(PGConnection.class);
    while (!stopping) {
      boolean more = publishBatch(connection, producer);
      if (!more) {
        sleep(notifications);
      }
    }
  }

  /** Until something was appended, or nobody knows. */
  private void sleep(PGConnection notifications) throws SQLException {
    long end = System.nanoTime() + LONGEST_SLEEP.toNanos();
    while (!stopping && System.nanoTime() < end) {
      if (notifications.getNotifications((int) SLICE.toMillis()).length > 0) {
        return;
      }
    }
  }

  /** Whether there may be more at once. */
  private boolean publishBatch(Connection connection, KafkaProducer<String, byte[]> producer)
      throws SQLException, ExecutionException, InterruptedException {
    List<Long> ids = new ArrayList<>();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT * FROM outbox ORDER BY id LIMIT " + BATCH);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getLong("id"));
        sent.add(producer.send(message(rows)));
      }
    }
    waiting.set(ids.size() < BATCH ? ids.size() : count(connection));
    for (Future<RecordMetadata> acknowledgement : sent) {
      acknowledgement.get();
    }
    delete(connection, ids);
    waiting.addAndGet(-ids.size());
    return ids.size() == BATCH;
  }

  private static long count(Connection connection) throws SQLException {
    try (Statement count = connection.createStatement();
        ResultSet row = count.executeQuery("SELECT count(*) FROM outbox")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void delete(Connection connection, List<Long> ids) throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM outbox WHERE id = ANY (?)")) {
      delete.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
      delete.executeUpdate();
    }
  }

  private ProducerRecord<String, byte[]> message(ResultSet row) throws SQLException {
    boolean isRun = row.getString("topic").equals(Topic.RUNS.topic());
    EventHeaders headers =
        new EventHeaders(
            row.getString("event_id"),
            "/moraine/" + service,
            row.getString("type"),
            row.getTimestamp("time").toInstant(),
            row.getString("key"),
            isRun ? OptionalLong.empty() : OptionalLong.of(row.getLong("sequence")),
            Optional.empty(),
            isRun ? Optional.of(runToken(row)) : Optional.empty());
    ProducerRecord<String, byte[]> message =
        new ProducerRecord<>(row.getString("topic"), row.getString("key"), row.getBytes("payload"));
    headers
        .toMap()
        .forEach(
            (name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    return message;
  }

  private String runToken(ResultSet row) throws SQLException {
    try {
      RunEvent event = (RunEvent) codec.decode(row.getString("type"), row.getBytes("payload"));
      return runTokens.get().token(event);
    } catch (UnreadableEventException e) {
      throw new IllegalStateException("An event of ours cannot be read again", e);
    }
  }

  private Map<String, Object> producerConfig() {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    // A send is given up only with the process: giving up one and not the next would change their
    // order.
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TimeUnit.MINUTES.toMillis(5));
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return config;
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
