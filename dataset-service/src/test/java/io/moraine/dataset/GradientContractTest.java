package io.moraine.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.dataset.ClientBytes.Answer;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The wire contract of the original client, a row for each of its commands: what it sends, byte for
 * byte, and what it reads of the answer. {@code {name}} stands for what an earlier row kept.
 */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class GradientContractTest {
  /**
   * @param body null for none
   * @param status that the answer has
   * @param reads JSON pointers to what the client reads, each to text that matches the pattern
   * @param keeps under which name what the first pointer finds is kept, if at all
   */
  private record Row(
      String command,
      String method,
      String target,
      String body,
      int status,
      List<String> reads,
      String keeps) {
    Row keeping(String name) {
      return new Row(command, method, target, body, status, reads, name);
    }
  }

  private static Row row(
      String command, String method, String target, String body, int status, String... reads) {
    return new Row(command, method, target, body, status, List.of(reads), null);
  }

  private static final byte[] NOTHING = new byte[0];

  private static final String PAGE =
      "filter%5Blimit%5D=21&filter%5Bskip%5D=0&filter%5Border%5D%5B%5D=";

  private static final List<Row> ROWS =
      List.of(
          // Section 5.
          row(
                  "storageProviders list",
                  "GET",
                  "/storageProviders?" + PAGE + "name+ASC",
                  null,
                  200,
                  "/0/id=spl[0-9a-z]{12}",
                  "/0/type=s3",
                  "/0/name=Gradient Managed",
                  "/0/config/secretAccessKey=\\*{8}")
              .keeping("provider"),
          row(
              "storageProviders details",
              "GET",
              "/storageProviders/{provider}",
              null,
              200,
              "/id={provider}",
              "/type=s3",
              "/name=.+"),
          row(
                  "storageProviders create s3",
                  "POST",
                  "/storageProviders",
                  "{\"type\": \"s3\", \"name\": \"minio\", \"config\": {\"bucket\": \"{bucket}\","
                      + " \"accessKey\": \"{accessKey}\", \"secretAccessKey\": \"{secretKey}\","
                      + " \"endpoint\": \"{endpoint}\", \"region\": \"eu-1\", \"signatureVersion\":"
                      + " \"v4\"}}",
                  201,
                  "/id=spl[0-9a-z]{12}")
              .keeping("own"),
          row(
              "storageProviders details of an own one",
              "GET",
              "/storageProviders/{own}",
              null,
              200,
              "/type=s3",
              "/name=minio",
              "/config/bucket={bucket}",
              "/config/accessKey={accessKey}",
              "/config/secretAccessKey=\\*{8}",
              "/config/endpoint={endpoint}",
              "/config/region=eu-1",
              "/config/signatureVersion=v4"),
          row(
              "storageProviders update s3 --name --region",
              "POST",
              "/storageProviders/{own}",
              "{\"name\": \"renamed\", \"config\": {\"region\": \"\"}}",
              200),
          row(
              "storageProviders update s3 of nothing",
              "POST",
              "/storageProviders/{own}",
              "{}",
              200),
          row(
              "storageProviders update s3 --secretAccessKey",
              "POST",
              "/storageProviders/{own}",
              "{\"config\": {\"secretAccessKey\": \"wrong\"}}",
              422,
              "/error/message=The bucket {bucket} does not let us .*"),
          row(
              "storageProviders details of what was merged",
              "GET",
              "/storageProviders/{own}",
              null,
              200,
              "/name=renamed",
              "/config/bucket={bucket}",
              "/config/endpoint={endpoint}",
              "/config/signatureVersion=v4"),
          row(
                  "datasets create there",
                  "POST",
                  "/datasets",
                  "{\"name\": \"theirs\", \"storageProviderId\": \"{own}\"}",
                  201,
                  "/id=dst[0-9a-z]{12}")
              .keeping("theirs"),
          row(
              "storageProviders delete while a dataset lies there",
              "DELETE",
              "/storageProviders/{own}",
              null,
              409,
              "/error/message=renamed cannot be deleted: .*theirs.*"),
          row("datasets delete there", "DELETE", "/datasets/{theirs}", null, 204),
          row("storageProviders delete", "DELETE", "/storageProviders/{own}", null, 204),
          row(
              "storageProviders details of what is gone",
              "GET",
              "/storageProviders/{own}",
              null,
              404,
              "/error/message=There is no storage provider {own} in your team\\."),
          row("namespace", "GET", "/teams/namespace", null, 200, "={team}"),
          // Section 2.
          row(
                  "datasets create",
                  "POST",
                  "/datasets",
                  "{\"name\": \"faces\", \"storageProviderId\": \"{provider}\", \"description\": \"of people\"}",
                  201,
                  "/id=dst[0-9a-z]{12}")
              .keeping("dataset"),
          row(
              "datasets list",
              "GET",
              "/datasets?" + PAGE + "name+ASC",
              null,
              200,
              "/0/id={dataset}",
              "/0/name=faces",
              "/0/description=of people",
              "/0/storageProvider/id={provider}",
              "/0/storageProvider/name=Gradient Managed",
              "/0/dtCreated=20.*Z",
              "/0/dtModified=20.*Z"),
          row(
              "datasets details",
              "GET",
              "/datasets/{dataset}",
              null,
              200,
              "/id={dataset}",
              "/name=faces",
              "/storageProvider/type=s3"),
          row("datasets details by name", "GET", "/datasets/faces", null, 200, "/id={dataset}"),
          row(
              "datasets details of a public one",
              "GET",
              "/datasets/{team}/faces",
              null,
              200,
              "/id={dataset}"),
          row(
              "datasets update",
              "POST",
              "/datasets/{dataset}",
              "{\"name\": \"people\", \"description\": \"\"}",
              200),
          row(
              "datasets update with nothing",
              "POST",
              "/datasets/{dataset}",
              "{}",
              200,
              "/name=people"),
          // Section 3.
          row(
                  "versions create",
                  "POST",
                  "/datasets/{dataset}/versions",
                  "{\"message\": \"first\"}",
                  201,
                  "/version=[0-9a-z]{7}")
              .keeping("version"),
          row(
              "files list resolves when nothing is committed",
              "GET",
              "/datasets/ref/{dataset}:latest",
              null,
              404),
          row(
                  "versions create without a message",
                  "POST",
                  "/datasets/{dataset}/versions",
                  "{}",
                  201,
                  "/version=[0-9a-z]{7}")
              .keeping("draft"),
          row(
              "versions update",
              "POST",
              "/datasets/{dataset}/versions/{version}",
              "{\"message\": \"second\"}",
              200),
          row(
              "versions details",
              "GET",
              "/datasets/{dataset}/versions/{version}",
              null,
              200,
              "/version={version}",
              "/message=second",
              "/isCommitted=false"),
          row(
              "versions commit",
              "POST",
              "/datasets/{dataset}/versions/{version}",
              "{\"isCommitted\": true}",
              200),
          row(
              "versions details of latest",
              "GET",
              "/datasets/{dataset}/versions/latest",
              null,
              200,
              "/version={version}",
              "/isCommitted=true"),
          row(
              "versions list",
              "GET",
              "/datasets/{dataset}/versions?filter%5Bwhere%5D%5BisCommitted%5D=true&"
                  + PAGE
                  + "dtCreated+DESC",
              null,
              200,
              "/0/version={version}",
              "/0/message=second"),
          row(
              "versions list of drafts",
              "GET",
              "/datasets/{dataset}/versions?filter%5Bwhere%5D%5BisCommitted%5D=false&"
                  + PAGE
                  + "dtCreated+DESC",
              null,
              200,
              "/0/version={draft}"),
          row(
              "versions update to open",
              "POST",
              "/datasets/{dataset}/versions/{version}",
              "{\"isCommitted\": false}",
              409),
          row(
              "versions commit by a name that moves",
              "POST",
              "/datasets/{dataset}/versions/latest",
              "{\"isCommitted\": true}",
              400),
          // Section 4.
          row(
              "tags set",
              "PUT",
              "/datasets/{dataset}/tags/prod",
              "{\"version\": \"{version}\"}",
              200,
              "/name=prod",
              "/version/version={version}"),
          row(
              "tags list",
              "GET",
              "/datasets/{dataset}/tags?" + PAGE + "name+ASC",
              null,
              200,
              "/0/name=prod",
              "/0/version/version={version}",
              "/0/version/message=second"),
          row(
              "tags list of a public one",
              "GET",
              "/datasets/{team}/people/tags?" + PAGE + "name+ASC",
              null,
              200,
              "/0/name=prod"),
          row(
              "versions list of a public one",
              "GET",
              "/datasets/{team}/people/versions?filter%5Bwhere%5D%5BisCommitted%5D=true&"
                  + PAGE
                  + "dtCreated+DESC",
              null,
              200,
              "/0/version={version}"),
          row(
              "versions details of a public one",
              "GET",
              "/datasets/{team}/people/versions/latest",
              null,
              200,
              "/version={version}"),
          row("tags get", "GET", "/datasets/{dataset}/tags/prod", null, 200, "/name=prod"),
          row(
              "versions details of a tag",
              "GET",
              "/datasets/{dataset}/versions/prod",
              null,
              200,
              "/version={version}",
              "/tags/0/name=prod"),
          row(
              "tags set without a name",
              "PUT",
              "/datasets/{dataset}/tags/{version}",
              "{\"version\": \"{version}\"}",
              422),
          // Section 2.1.
          row(
              "files list resolves",
              "GET",
              "/datasets/ref/{dataset}:latest",
              null,
              200,
              "/id={dataset}",
              "/version/version={version}",
              "/version/isCommitted=true"),
          row(
              "files list resolves a name and a tag",
              "GET",
              "/datasets/ref/people:prod",
              null,
              200,
              "/id={dataset}",
              "/version/version={version}"),
          row(
              "files list resolves what is not there",
              "GET",
              "/datasets/ref/{dataset}:none",
              null,
              404),
          // Section 6.
          row(
              "files put signs",
              "POST",
              "/datasets/{dataset}/versions/{draft}/s3/preSignedUrls",
              "{\"calls\": [{\"method\": \"putObject\", \"params\": {\"Key\": \"/hello.txt\", \"ContentType\": \"text/plain\"}}]}",
              200,
              "/0/url=http://.*/{dataset}/{draft}/hello\\.txt\\?.*"),
          row(
              "files put into a committed version",
              "POST",
              "/datasets/{dataset}/versions/prod/s3/preSignedUrls",
              "{\"calls\": [{\"method\": \"putObject\", \"params\": {\"Key\": \"/hello.txt\", \"ContentType\": \"text/plain\"}}]}",
              409,
              "/error/message=.*{dataset}:{version}.*"),
          row(
              "files list signs",
              "POST",
              "/datasets/{dataset}/versions/{version}/s3/preSignedUrls",
              "{\"calls\": [{\"method\": \"listObjectsV2\", \"params\": {\"Prefix\": \"/\", \"MaxKeys\": 20}}]}",
              200,
              "/0/url=http://.*/{dataset}\\?.*"),
          row(
              "files get of what is not there",
              "POST",
              "/datasets/{dataset}/versions/{version}/s3/preSignedUrls",
              "{\"calls\": [{\"method\": \"getObject\", \"params\": {\"Key\": \"none\"}}]}",
              404),
          row(
                  "files put in parts",
                  "POST",
                  "/datasets/{dataset}/versions/{draft}/s3/preSignedUrls",
                  "{\"datasetId\": \"{dataset}\", \"version\": \"{draft}\", \"calls\": [{\"method\": \"createMultipartUpload\", \"params\": {\"Key\": \"/big.bin\"}}]}",
                  200,
                  "/0/url/UploadId=.+")
              .keeping("upload"),
          row(
              "files put of a part",
              "POST",
              "/datasets/{dataset}/versions/{draft}/s3/preSignedUrls",
              "{\"datasetId\": \"{dataset}\", \"version\": \"{draft}\", \"calls\": [{\"method\": \"uploadPart\", \"params\": {\"Key\": \"/big.bin\", \"UploadId\": \"{upload}\", \"PartNumber\": 1}}]}",
              200,
              "/0/url=http://.*/big\\.bin\\?.*"),
          row(
              "versions commit without files that were to come",
              "POST",
              "/datasets/{dataset}/versions/{draft}",
              "{\"isCommitted\": true}",
              409,
              "/error/message=.*\"big\\.bin\", \"hello\\.txt\".*"),
          // Section 8.
          row(
                  "workflows create",
                  "POST",
                  "/workflows",
                  "{\"name\": \"nightly\", \"projectId\": \"p1\"}",
                  201,
                  "/id=.+",
                  "/name=nightly")
              .keeping("workflow"),
          row(
              "workflows list",
              "GET",
              "/workflows?filter[where][projectId]=p1",
              null,
              200,
              "/0/id={workflow}",
              "/0/name=nightly"),
          row(
              "workflows run",
              "POST",
              "/workflows/{workflow}/runs",
              "{\"spec\": {\"jobs\": {\"train\": {\"inputs\": {\"raw\": {\"type\": \"dataset\", \"with\": {\"id\": \"people\"}}}}}}, \"clusterId\": null, \"run\": true, \"markDefault\": false}",
              201,
              "/status/logId=wfr.+"),
          row(
              "workflows run with inputs",
              "POST",
              "/workflows/{workflow}/runs",
              "{\"spec\": {\"inputs\": {\"data\": {\"type\": \"dataset\"}}, \"jobs\": {\"train\": {\"inputs\": {\"raw\": \"workflow.inputs.data\"}}}}, \"clusterId\": null, \"run\": true, \"markDefault\": false, \"inputs\": {\"data\": {\"id\": \"{dataset}:prod\"}}}",
              201,
              "/status/logId=wfr.+"),
          row("workflows get", "GET", "/workflows/{workflow}", null, 200, "/id={workflow}"),
          row(
              "workflows get --show-runs",
              "GET",
              "/workflows/{workflow}/runs",
              null,
              200,
              "/0/id=2",
              "/0/cluster/id=local",
              "/0/status/phase=PENDING",
              "/0/status/logId=wfr.+"),
          row(
              "workflows get --run",
              "GET",
              "/workflows/{workflow}/runs/1",
              null,
              200,
              "/id=1",
              "/status/jobs/train/logId=wfrj.+"),
          row(
              "workflows logs",
              "GET",
              "/jobs/logs?jobId=wfrj1&line=0&limit=10000",
              null,
              404,
              "/error/message=Moraine keeps no logs of jobs: .*"),
          row(
              "models create",
              "POST",
              "/mlModels/createModelV2?name=best&modelType=Custom&datasetRef={dataset}%3Aprod",
              null,
              404,
              "/error/message=.* This one is {dataset}:{version}; name it with: .* --name best"),
          row(
              "models create of what is not there",
              "POST",
              "/mlModels/createModelV2?name=best&modelType=Custom&datasetRef={dataset}%3Anone",
              null,
              404,
              "/error/message=.*no version or tag none.*"),
          row(
              "models upload",
              "POST",
              "/mlModels/createModelV2?name=Best+One&modelType=Custom",
              null,
              404,
              "/error/message=.* versions create .* --name NAME"),
          row("secrets set", "PUT", "/teams/secrets/token", "{\"value\": \"hush\"}", 200),
          row("secrets list", "GET", "/teams/secrets", null, 200, "/0/name=token"),
          row(
              "secrets set of a project",
              "PUT",
              "/projects/secrets/token?projectId=p1",
              "{\"value\": \"hush\"}",
              200),
          row("secrets list of a cluster", "GET", "/clusters/secrets?clusterId=c1", null, 200),
          row("secrets delete", "DELETE", "/teams/secrets/token", null, 204),
          row(
              "secrets ephemeral",
              "POST",
              "/secrets/ephemeral?expiresIn=600",
              "{\"token\": \"hush\"}",
              200,
              "/token=.+"),
          // The ends of sections 2 to 4.
          row("tags delete", "DELETE", "/datasets/{dataset}/tags/prod", null, 204),
          row("versions delete", "DELETE", "/datasets/{dataset}/versions/{draft}", null, 204),
          row("datasets delete", "DELETE", "/datasets/{dataset}", null, 204),
          row("datasets details of what is gone", "GET", "/datasets/{dataset}", null, 404));

  @TestHTTPResource URI api;
  private final Map<String, String> kept = new HashMap<>();
  private TestTeam team;

  @BeforeEach
  void begin() {
    team = TestTeam.create();
    TestBucket bucket = TestBucket.create();
    kept.put("team", team.id());
    kept.put("bucket", bucket.name());
    kept.put("accessKey", TestBucket.accessKey());
    kept.put("secretKey", TestBucket.secretKey());
    kept.put("endpoint", bucket.endpoint().toString());
  }

  @Test
  void everyCommandFindsWhatItReads() throws IOException {
    for (Row row : ROWS) {
      check(row);
    }
  }

  private void check(Row row) throws IOException {
    Answer answer =
        ClientBytes.call(
            api,
            team.key(),
            row.method(),
            filled(row.target()),
            row.body() == null ? null : filled(row.body()));
    assertThat(answer.status()).as("%s: %s", row.command(), answer.text()).isEqualTo(row.status());
    for (String read : row.reads()) {
      String pointer = read.substring(0, read.indexOf('='));
      JsonNode found = answer.json().at(pointer);
      assertThat(found.isTextual() || found.isBoolean())
          .as("%s reads text at %s of %s", row.command(), pointer, answer.text())
          .isTrue();
      assertThat(found.asText())
          .as("%s at %s", row.command(), pointer)
          .matches(filled(read.substring(pointer.length() + 1)));
    }
    if (row.keeps() != null) {
      String pointer = row.reads().get(0);
      kept.put(
          row.keeps(), answer.json().at(pointer.substring(0, pointer.indexOf('='))).textValue());
    }
    if (row.status() >= 400) {
      assertThat(ClientBytes.printed(answer.json())).as(row.command()).hasSize(1);
    }
  }

  private String filled(String text) {
    String filled = text;
    for (Map.Entry<String, String> name : kept.entrySet()) {
      filled = filled.replace("{" + name.getKey() + "}", name.getValue());
    }
    return filled;
  }

  @Test
  void everyRefusalIsOneLineForTheClient() throws IOException {
    String none = "/datasets/none";
    List<Answer> refusals =
        List.of(
            ClientBytes.call(api, "", "GET", "/datasets", null),
            ClientBytes.call(api, "mk_wrong", "GET", "/datasets", null),
            ClientBytes.call(api, team.newKey("reader"), "POST", "/datasets", "{\"name\": \"a\"}"),
            ClientBytes.call(api, team.key(), "POST", "/datasets", "{\"name\": \"A!\"}"),
            ClientBytes.call(api, team.key(), "POST", "/datasets", "{\"name\": "),
            ClientBytes.call(api, team.key(), "POST", "/datasets", "{\"name\": {}}"),
            ClientBytes.call(api, team.key(), "GET", none, null),
            ClientBytes.call(api, team.key(), "GET", none + "/versions", null),
            ClientBytes.call(api, team.key(), "GET", "/nowhere/at/all", null),
            ClientBytes.call(api, team.key(), "GET", "/mlModels/getModelList/?limit=-1", null),
            ClientBytes.call(api, team.key(), "POST", "/storageProviders", "{\"name\": \"a\"}"),
            ClientBytes.call(api, team.key(), "GET", "/datasets/gradient/none/versions", null),
            ClientBytes.call(api, team.key(), "PUT", "/datasets", "{}"),
            ClientBytes.call(api, team.key(), "POST", "/workflows", "{}"),
            ClientBytes.call(api, team.key(), "PUT", "/projects/secrets/x", "{\"value\": \"y\"}"),
            ClientBytes.call(
                api, team.key(), "POST", none + "/versions/latest/s3/preSignedUrls", "{}"));

    for (Answer refusal : refusals) {
      assertThat(refusal.status()).as(refusal.text()).isBetween(400, 499);
      assertThat(ClientBytes.printed(refusal.json())).as(refusal.text()).hasSize(1);
    }
  }

  @Test
  void filesGoThroughSignedUrlsAsTheClientCallsThem() throws Exception {
    TestVersion version = TestVersion.open(team, team.newDataset("faces"));
    put(version, "/hello.txt", "text/plain", "hello".getBytes(StandardCharsets.UTF_8));
    put(version, "/sub/ü b.txt", "text/plain", new byte[] {1, 2, 3});
    Answer empty =
        ClientBytes.bare(
            sign(
                version,
                "putObject",
                "\"Key\": \"/sub/empty\", \"ContentType\": \"application/octet-stream\""),
            "PUT",
            new byte[0],
            "Content-Type: application/octet-stream",
            "Content-Size: 0");
    assertThat(empty.status()).isEqualTo(200);

    Answer head =
        ClientBytes.bare(sign(version, "headObject", "\"Key\": \"sub/ü b.txt\""), "HEAD", NOTHING);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.headers()).containsEntry("content-length", "3");
    assertThat(
            ClientBytes.bare(sign(version, "headObject", "\"Key\": \"sub\""), "HEAD", NOTHING)
                .status())
        .isEqualTo(404);
    Answer got =
        ClientBytes.bare(sign(version, "getObject", "\"Key\": \"sub/ü b.txt\""), "GET", NOTHING);
    assertThat(got.body()).containsExactly(1, 2, 3);

    Element root = list(version, "\"Prefix\": \"/\", \"MaxKeys\": 20");
    String prefix = text(root, "Prefix");
    assertThat(prefix).isNotEmpty();
    assertThat(names(root, "Contents", "Key")).containsExactly(prefix + "hello.txt");
    assertThat(names(root, "Contents", "Size")).containsExactly("5");
    assertThat(names(root, "CommonPrefixes", "Prefix")).containsExactly(prefix + "sub/");
    Element below = list(version, "\"Prefix\": \"/sub/\", \"MaxKeys\": 20");
    assertThat(names(below, "Contents", "Key"))
        .containsExactly(text(below, "Prefix") + "empty", text(below, "Prefix") + "ü b.txt");
    Element first = list(version, "\"Prefix\": \"/\", \"MaxKeys\": 2, \"Delimiter\": \"\"");
    assertThat(names(first, "Contents", "Key")).hasSize(2);
    String token = text(first, "NextContinuationToken");
    assertThat(
            ClientBytes.bare(
                    sign(version, "deleteObject", "\"Key\": \"hello.txt\""), "DELETE", NOTHING)
                .status())
        .isEqualTo(204);
    Element second =
        list(
            version,
            "\"Prefix\": \"/\", \"MaxKeys\": 2, \"Delimiter\": \"\", \"ContinuationToken\": \"%s\""
                .formatted(token));
    assertThat(names(second, "Contents", "Key")).containsExactly(prefix + "sub/ü b.txt");
    assertThat(text(second, "NextContinuationToken")).isNull();
  }

  @Test
  void aFileInPartsArrivesWhole() throws IOException {
    TestVersion version = TestVersion.open(team, team.newDataset("faces"));
    byte[] bytes = new byte[15_000_000 + 1];
    Arrays.fill(bytes, (byte) 7);
    // Asked for and thrown away, as the client does with every large file.
    sign(
        version,
        "putObject",
        "\"Key\": \"/big.bin\", \"ContentType\": \"application/octet-stream\"");
    String upload =
        presign(version, "createMultipartUpload", "\"Key\": \"/big.bin\"")
            .json()
            .at("/0/url/UploadId")
            .textValue();
    StringBuilder parts = new StringBuilder();
    for (int part = 1; part <= 2; part++) {
      byte[] chunk =
          Arrays.copyOfRange(
              bytes, (part - 1) * 15_000_000, Math.min(part * 15_000_000, bytes.length));
      String url =
          sign(
              version,
              "uploadPart",
              "\"Key\": \"/big.bin\", \"UploadId\": \"%s\", \"PartNumber\": %d"
                  .formatted(upload, part));
      Answer put = ClientBytes.bare(url, "PUT", chunk, "Content-Type: application/octet-stream");
      assertThat(put.status()).as(put.text()).isEqualTo(200);
      parts
          .append(parts.isEmpty() ? "" : ", ")
          .append(
              "{\"ETag\": \"%s\", \"PartNumber\": %d}"
                  .formatted(put.headers().get("etag").replace("\"", ""), part));
    }
    version.commit().statusCode(409);
    Answer completed =
        presign(
            version,
            "completeMultipartUpload",
            "\"Key\": \"/big.bin\", \"UploadId\": \"%s\", \"MultipartUpload\": {\"Parts\": [%s]}"
                .formatted(upload, parts));
    assertThat(completed.status()).as(completed.text()).isEqualTo(200);

    version.committed();
    assertThat(version.request().get(version.file("big.bin")).asByteArray()).isEqualTo(bytes);
  }

  @Test
  void aPutThatComesAfterTheCommitChangesNothing() throws IOException {
    TestVersion version =
        TestVersion.open(team, team.newDataset("faces")).with("a", new byte[] {1});
    String late = sign(version, "putObject", "\"Key\": \"/a\", \"ContentType\": \"text/plain\"");
    String delete = sign(version, "deleteObject", "\"Key\": \"a\"");
    String upload =
        presign(version, "createMultipartUpload", "\"Key\": \"/b\"")
            .json()
            .at("/0/url/UploadId")
            .textValue();
    String ofUpload = "\"Key\": \"/b\", \"UploadId\": \"%s\", ".formatted(upload);
    String part = sign(version, "uploadPart", ofUpload + "\"PartNumber\": 1");
    team.request().delete(version.path() + "/files:announced").then().statusCode(204);
    version.committed();

    assertThat(ClientBytes.bare(late, "PUT", new byte[] {2}, "Content-Type: text/plain").status())
        .isEqualTo(403);
    assertThat(ClientBytes.bare(delete, "DELETE", NOTHING).status()).isEqualTo(403);
    assertThat(ClientBytes.bare(part, "PUT", new byte[] {2}, "Content-Type: text/plain").status())
        .as("its upload may be gone by now")
        .isIn(403, 404);
    assertThat(
            presign(
                    version,
                    "completeMultipartUpload",
                    ofUpload
                        + "\"MultipartUpload\": {\"Parts\": [{\"ETag\": \"e\", \"PartNumber\":"
                        + " 1}]}")
                .status())
        .isEqualTo(409);

    version
        .team()
        .request()
        .get(version.path() + "/files")
        .then()
        .body("items.path", contains("a"));
    assertThat(version.request().get(version.file("a")).asByteArray()).containsExactly(1);
  }

  @Test
  void aPutThatFailsIsNamedByTheCommit() throws IOException {
    TestVersion version =
        TestVersion.open(team, team.newDataset("faces")).with("a", new byte[] {1});
    String url = sign(version, "putObject", "\"Key\": \"/a/b\", \"ContentType\": \"text/plain\"");

    assertThat(ClientBytes.bare(url, "PUT", new byte[] {2}, "Content-Type: text/plain").status())
        .isBetween(400, 499);
    assertThat(ClientBytes.bare(url, "PUT", new byte[] {2}, "Content-Type: text/html").status())
        .as("another content type than was signed")
        .isEqualTo(403);

    version.commit().statusCode(409);
  }

  private void put(TestVersion version, String key, String type, byte[] bytes) throws IOException {
    String url =
        sign(version, "putObject", "\"Key\": \"%s\", \"ContentType\": \"%s\"".formatted(key, type));
    Answer put = ClientBytes.bare(url, "PUT", bytes, "Content-Type: " + type);
    assertThat(put.status()).as(put.text()).isEqualTo(200);
  }

  private String sign(TestVersion version, String method, String params) throws IOException {
    return presign(version, method, params).json().at("/0/url").textValue();
  }

  private Answer presign(TestVersion version, String method, String params) throws IOException {
    return ClientBytes.call(
        api,
        team.key(),
        "POST",
        version.path() + "/s3/preSignedUrls",
        "{\"calls\": [{\"method\": \"%s\", \"params\": {%s}}]}".formatted(method, params));
  }

  private Element list(TestVersion version, String params)
      throws IOException, ParserConfigurationException, SAXException {
    Answer answer = ClientBytes.bare(sign(version, "listObjectsV2", params), "GET", NOTHING);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.headers().get("content-type")).containsIgnoringCase("utf-8");
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Document document =
        factory.newDocumentBuilder().parse(new java.io.ByteArrayInputStream(answer.body()));
    return document.getDocumentElement();
  }

  private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

  private static String text(Element root, String name) {
    for (var child = root.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (NAMESPACE.equals(child.getNamespaceURI()) && name.equals(child.getLocalName())) {
        return child.getTextContent();
      }
    }
    return null;
  }

  private static List<String> names(Element root, String of, String name) {
    NodeList all = root.getElementsByTagNameNS(NAMESPACE, of);
    return java.util.stream.IntStream.range(0, all.getLength())
        .mapToObj(i -> text((Element) all.item(i), name))
        .toList();
  }
}
