package io.moraine.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.standalone.home.Environment;
import io.moraine.standalone.home.FreePorts;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.home.Secrets;
import io.moraine.standalone.home.Settings;
import io.moraine.standalone.supervisor.Child;
import io.moraine.standalone.supervisor.Program;
import io.moraine.standalone.supervisor.Programs;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What each server acknowledged is there after {@code kill -9} of its process and a new start. */
class ServersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path directory;
  private static Settings settings;
  private static Programs programs;
  private static final Map<String, Child> CHILDREN = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    Home home = new Home(directory.resolve("home"));
    settings = Settings.of(new Environment(FreePorts.variables()), home, Secrets.of(home));
    programs = new Programs(settings);
    for (Program server : programs.servers()) {
      CHILDREN.put(server.name(), Child.start(server));
    }
    for (Child child : CHILDREN.values()) {
      child.awaitReady(PATIENCE);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    CHILDREN.values().forEach(Child::release);
    for (Child child : CHILDREN.values()) {
      child.stop(Duration.ofSeconds(20));
    }
  }

  private static void killAndRestart(String name) throws Exception {
    Child killed = CHILDREN.get(name);
    killed.kill();
    Child again = Child.start(killed.program());
    CHILDREN.put(name, again);
    again.awaitReady(PATIENCE);
  }

  @Test
  void postgresKeepsACommittedRow() throws Exception {
    try (Connection connection = database("dataset")) {
      connection.createStatement().execute("CREATE TABLE kept (id int)");
      connection.createStatement().execute("INSERT INTO kept VALUES (42)");
    }

    killAndRestart("postgres");

    try (Connection connection = database("dataset");
        ResultSet row = connection.createStatement().executeQuery("SELECT id FROM kept")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(42);
    }
  }

  @Test
  void postgresComesBackWhenOnlyThePostmasterIsKilled() throws Exception {
    Path pidFile = settings.home().postgres().resolve("postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());

    ProcessHandle.of(pid).orElseThrow().destroyForcibly();

    Child wrapper = CHILDREN.get("postgres");
    assertThat(wrapper.awaitEnd()).isEqualTo("ended with exit code 1");
    assertThat(wrapper.lastWords()).contains("PostgreSQL ended with exit code 137");
    killAndRestart("postgres");
    database("cache").close();
  }

  @Test
  void postgresWritesThroughAndChecksPasswords() throws Exception {
    try (Connection connection = database("volume")) {
      assertThat(setting(connection, "fsync")).isEqualTo("on");
      assertThat(setting(connection, "synchronous_commit")).isEqualTo("on");
      assertThat(setting(connection, "listen_addresses")).isEqualTo("127.0.0.1");
    }
    assertThatThrownBy(() -> database("volume", "wrong")).hasMessageContaining("password");
  }

  @Test
  void kafkaKeepsAnAcknowledgedRecordAndMakesNoTopicByMistake() throws Exception {
    Map<String, Object> client = Map.of("bootstrap.servers", settings.get("MORAINE_KAFKA"));
    try (Admin admin = Admin.create(client)) {
      admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();
    }
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("kept", "key", "value")).get();
    }

    killAndRestart("kafka");

    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition("kept", 0)));
      consumer.seekToBeginning(consumer.assignment());
      while (values.isEmpty()) {
        consumer.poll(PATIENCE).forEach(record -> values.add(record.value()));
      }
    }
    assertThat(values).containsExactly("value");
    try (Admin admin = Admin.create(client)) {
      assertThatThrownBy(() -> admin.describeTopics(List.of("mistyped")).allTopicNames().get())
          .hasMessageContaining("does not host this topic-partition");
    }
  }

  @Test
  void s3KeepsAnAcknowledgedObjectAndShowsNothingOfAnUploadThatACrashCutShort() throws Exception {
    try (S3Client s3 = s3()) {
      s3.putObject(r -> r.bucket("moraine").key("te1/blobs/ab/kept"), RequestBody.fromString("v"));
    }
    Path remains = settings.home().s3().resolve("incoming/half");
    Files.writeString(remains, "ha");

    killAndRestart("s3");

    assertThat(remains).doesNotExist();
    try (S3Client s3 = s3()) {
      assertThat(
              s3.getObjectAsBytes(r -> r.bucket("moraine").key("te1/blobs/ab/kept")).asUtf8String())
          .isEqualTo("v");
      assertThat(keys(s3, "te1/")).containsExactly("te1/blobs/ab/kept");
    }
  }

  @Test
  void s3RefusesABodyThatDoesNotMatchItsChecksumAndKeepsNothingOfIt() {
    try (S3Client s3 = s3()) {
      String ofAnotherBody = "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=";
      assertThatThrownBy(
              () ->
                  s3.putObject(
                      r -> r.bucket("moraine").key("te2/x").checksumSHA256(ofAnotherBody),
                      RequestBody.fromString("b")))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(400));
      assertThat(keys(s3, "te2/")).isEmpty();
    }
  }

  @Test
  void s3WritesAnObjectOnceWhenAskedTo() {
    try (S3Client s3 = s3()) {
      s3.putObject(
          r -> r.bucket("moraine").key("te3/once").ifNoneMatch("*"), RequestBody.fromString("1"));
      assertThatThrownBy(
              () ->
                  s3.putObject(
                      r -> r.bucket("moraine").key("te3/once").ifNoneMatch("*"),
                      RequestBody.fromString("2")))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
      assertThat(s3.getObjectAsBytes(r -> r.bucket("moraine").key("te3/once")).asUtf8String())
          .isEqualTo("1");
    }
  }

  @Test
  void s3ReplacesAndDeletes() {
    try (S3Client s3 = s3()) {
      s3.putObject(r -> r.bucket("moraine").key("te4/a/b"), RequestBody.fromString("1"));
      s3.putObject(r -> r.bucket("moraine").key("te4/a/b"), RequestBody.fromString("2"));
      assertThat(s3.getObjectAsBytes(r -> r.bucket("moraine").key("te4/a/b")).asUtf8String())
          .isEqualTo("2");

      s3.deleteObject(r -> r.bucket("moraine").key("te4/a/b"));

      assertThatThrownBy(() -> s3.headObject(r -> r.bucket("moraine").key("te4/a/b")))
          .isInstanceOf(NoSuchKeyException.class);
    }
  }

  @Test
  void s3CopiesAndAssemblesParts() {
    byte[] part = new byte[5 << 20];
    try (S3Client s3 = s3()) {
      String upload =
          s3.createMultipartUpload(r -> r.bucket("moraine").key("te5/parts")).uploadId();
      String tag =
          s3.uploadPart(
                  r -> r.bucket("moraine").key("te5/parts").uploadId(upload).partNumber(1),
                  RequestBody.fromBytes(part))
              .eTag();
      s3.completeMultipartUpload(
          r ->
              r.bucket("moraine")
                  .key("te5/parts")
                  .uploadId(upload)
                  .multipartUpload(m -> m.parts(p -> p.partNumber(1).eTag(tag))));
      s3.copyObject(
          r ->
              r.sourceBucket("moraine")
                  .sourceKey("te5/parts")
                  .destinationBucket("moraine")
                  .destinationKey("te5/copy"));

      assertThat(keys(s3, "te5/")).containsExactly("te5/copy", "te5/parts");
      assertThat(s3.headObject(r -> r.bucket("moraine").key("te5/copy")).contentLength())
          .isEqualTo(part.length);
    }
  }

  @Test
  void s3RefusesKeysThatAFileSystemCannotTellApart() {
    try (S3Client s3 = s3()) {
      for (String key : List.of("te6//x", "te6/./x", "te6/../x", ".mpus-x", "te6/")) {
        assertThatThrownBy(
                () -> s3.putObject(r -> r.bucket("moraine").key(key), RequestBody.fromString("x")))
            .as(key)
            .isInstanceOf(S3Exception.class);
      }
    }
  }

  @Test
  void s3RefusesWhatIsNotSigned() throws Exception {
    try (S3Client s3 = s3()) {
      s3.putObject(r -> r.bucket("moraine").key("te7/secret"), RequestBody.fromString("x"));
    }
    URI object = URI.create(settings.get("MORAINE_S3_ENDPOINT") + "/moraine/te7/secret");
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest put =
        HttpRequest.newBuilder(object).PUT(HttpRequest.BodyPublishers.ofString("y")).build();

    assertThat(http.send(HttpRequest.newBuilder(object).build(), BodyHandlers.discarding()))
        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(403));
    assertThat(http.send(put, BodyHandlers.discarding()).statusCode()).isEqualTo(403);
  }

  private static List<String> keys(S3Client s3, String prefix) {
    return s3
        .listObjectsV2(ListObjectsV2Request.builder().bucket("moraine").prefix(prefix).build())
        .contents()
        .stream()
        .map(object -> object.key())
        .toList();
  }

  private static String setting(Connection connection, String name) throws SQLException {
    try (ResultSet row = connection.createStatement().executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }

  private static Connection database(String name) throws SQLException {
    return database(name, settings.get("MORAINE_POSTGRES_PASSWORD"));
  }

  private static Connection database(String name, String password) throws SQLException {
    Properties login = new Properties();
    login.put("user", "moraine");
    login.put("password", password);
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + settings.get("MORAINE_POSTGRES_PORT") + "/" + name, login);
  }

  private static S3Client s3() {
    return S3Client.builder()
        .endpointOverride(URI.create(settings.get("MORAINE_S3_ENDPOINT")))
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .httpClient(UrlConnectionHttpClient.create())
        // A connection whose request was refused before its body was read is closed by the server,
        // and
        // this client does not repeat what it sends over one that is just closing.
        .overrideConfiguration(client -> client.putHeader("Connection", "close"))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    settings.get("MORAINE_S3_ACCESS_KEY"), settings.get("MORAINE_S3_SECRET_KEY"))))
        .build();
  }
}
