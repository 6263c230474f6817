package io.moraine.standalone.server;

import io.moraine.standalone.home.Durable;
import io.moraine.standalone.home.Environment;
import io.moraine.standalone.home.FreePorts;
import io.moraine.standalone.home.Home;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * One Kafka node, broker and controller together, in this JVM, on loopback. A record is on disk
 * before its producer hears so. Topics are made by those who use them, never by a mistyped name.
 * Its logs stay when it ends.
 */
public final class KafkaServer implements AutoCloseable {
  private static final int NODE = 1;

  /**
   * @param directory the logs, made when missing
   * @param port where clients connect; the controller takes any free port at each start
   */
  public record Config(Path directory, int port) {}

  private final KafkaRaftServer server;

  private KafkaServer(KafkaRaftServer server) {
    this.server = server;
  }

  /** Returns when clients are answered. */
  public static KafkaServer start(Config config) throws IOException {
    format(config.directory());
    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(settings(config), false), Time.SYSTEM);
    server.startup();
    return new KafkaServer(server);
  }

  /** Runs until standard input ends or the process is told to stop. */
  public static void main(String[] arguments) throws Exception {
    Leash.hold();
    Environment environment = Environment.ofThisProcess();
    Home home = new Home(Path.of(environment.require("MORAINE_HOME")));
    KafkaServer kafka =
        start(new Config(home.kafka(), environment.port("MORAINE_KAFKA_PORT", 19092)));
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    kafka.server.awaitShutdown();
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** A log directory is formatted when it has its final name. */
  private static void format(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path unfinished = directory.resolveSibling(directory.getFileName() + ".new");
    Durable.delete(unfinished);
    Durable.createDirectories(unfinished);
    try {
      new Formatter()
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
          .setNodeId(NODE)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(unfinished.toString())
          .addDirectory(unfinished.toString())
          .run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("Kafka's directory " + directory + " could not be formatted.", e);
    }
    Durable.publish(unfinished, directory);
  }

  private static Map<String, Object> settings(Config config) {
    int controllerPort = FreePorts.one();
    Map<String, Object> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", NODE);
    settings.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listeners",
        "CLIENT://127.0.0.1:" + config.port() + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "CLIENT://127.0.0.1:" + config.port());
    settings.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "CLIENT");
    settings.put("log.dirs", config.directory().toString());

    // There is no second node to have a record when this machine loses its power.
    settings.put("log.flush.interval.messages", 1);
    settings.put("auto.create.topics.enable", false);
    settings.put("offsets.topic.replication.factor", (short) 1);
    settings.put("transaction.state.log.replication.factor", (short) 1);
    settings.put("transaction.state.log.min.isr", 1);
    settings.put("share.coordinator.state.topic.replication.factor", (short) 1);
    settings.put("share.coordinator.state.topic.min.isr", (short) 1);

    // A handful of clients: few partitions, threads and buffers, and no wait for a group to fill.
    settings.put("offsets.topic.num.partitions", 4);
    settings.put("transaction.state.log.num.partitions", 4);
    settings.put("share.coordinator.state.topic.num.partitions", 1);
    settings.put("group.initial.rebalance.delay.ms", 0);
    // After a kill the new broker has to wait until the old one's session ends.
    settings.put("broker.session.timeout.ms", 3000);
    settings.put("broker.heartbeat.interval.ms", 500);
    settings.put("num.network.threads", 2);
    settings.put("num.io.threads", 4);
    settings.put("background.threads", 2);
    settings.put("log.cleaner.dedupe.buffer.size", 8L << 20);
    settings.put("log.index.size.max.bytes", 1 << 20);
    return settings;
  }
}
