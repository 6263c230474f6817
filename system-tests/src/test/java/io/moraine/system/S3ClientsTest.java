package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * S3 clients as people have them against the running stack, first as the user guide tells to use
 * them: what it shows is run as it stands there.
 */
class S3ClientsTest {
  /** Two pieces, and no number of parts that fits. */
  private static final int BIG_BYTES = 40_000_000;

  /** More than a page. */
  private static final int MANY = 1_050;

  private static final int ROWS = 1_000;

  private static final String TREE = "tree";
  private static final List<String> NAMES =
      List.of("plain.txt", "ü/ö ß.txt", "a b+c%20&=.txt", "empty", "big.bin");

  private static final String MAKE_PARQUET =
      """
      import pandas
      for n in range(2):
          rows = range(n * %1$d, (n + 1) * %1$d)
          pandas.DataFrame({"text": [f"Zeile ü {i}" for i in rows], "label": [i %% 2 for i in rows]}).to_parquet(f"{n}.parquet")
      """
          .formatted(ROWS);

  /** Made by the first test: by a client too, as users have it. */
  private static Map<String, byte[]> parquet;

  @TempDir private Path temporary;
  private final RunningStack stack = SystemStack.up();
  private final Random random = new Random(UUID.randomUUID().getMostSignificantBits());
  private String key;
  private Rest rest;
  private Datasets datasets;
  private S3Clients clients;
  private String dataset;

  /** Committed, {@code latest} and {@code prod}. */
  private String committed;

  /** Empty, open. */
  private String open;

  private Map<String, String> guideNames;

  @BeforeEach
  void makeTeam() throws IOException {
    key =
        stack
            .rest()
            .post("/teams", "{\"name\": \"team %s\"}".formatted(UUID.randomUUID()))
            .ok()
            .json()
            .at("/key/key")
            .textValue();
    rest = stack.rest().as(key);
    datasets = new Datasets(rest);
    clients = S3Clients.of(temporary, rest);
    dataset = rest.post("/datasets", "{\"name\": \"faces\"}").ok().json().get("id").textValue();
    committed = datasets.committed(dataset, parquet());
    rest.putJson("/datasets/faces/tags/prod", "{\"version\": \"%s\"}".formatted(committed)).ok();
    open = datasets.open(dataset);
    URI gateway = URI.create(stack.settings().get("MORAINE_GATEWAY_URL"));
    guideNames = new HashMap<>();
    guideNames.put("k3v9x2a", open);
    guideNames.put("127.0.0.1:9000", gateway.getAuthority());
  }

  private Map<String, byte[]> parquet() throws IOException {
    synchronized (S3ClientsTest.class) {
      if (parquet == null) {
        clients.python(MAKE_PARQUET);
        Map<String, byte[]> made = new TreeMap<>();
        for (int n = 0; n < 2; n++) {
          Path file = clients.directory().resolve(n + ".parquet");
          made.put("train/" + n + ".parquet", Files.readAllBytes(file));
          Files.delete(file);
        }
        parquet = made;
      }
      return parquet;
    }
  }

  private String guide(String page, String heading) {
    return new Guide(stack.checkout().resolve("docs").resolve(page), guideNames).example(heading);
  }

  @Test
  void theCommandLineSaysTheSettings() {
    String settings = stack.moraine("s3", "--api-key", key).out();

    assertThat(
            clients.sh(
                "unset AWS_ENDPOINT_URL_S3 AWS_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY\n"
                    + settings
                    + "aws s3 ls s3://faces/prod/"))
        .contains("PRE train/");
  }

  @Test
  void boto3() throws IOException {
    write("model.bin", BIG_BYTES);
    clients.python(guide("s3.md", "boto3"));
    assertThat(digests("weights/"))
        .containsExactly(Map.entry("weights/model.bin", digestByRest("model.bin")));
    assertThat(clients.directory().resolve("0.parquet"))
        .hasBinaryContent(parquet.get("train/0.parquet"));

    writeTree();
    clients.python(
        named(
            """
            import boto3, os, pathlib
            from boto3.s3.transfer import TransferConfig
            from botocore.exceptions import ClientError
            s3 = boto3.client("s3")
            assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["DATASET"]
            files = [p for p in pathlib.Path("tree").rglob("*") if p.is_file()]
            for file in files:
                key = f"OPEN/{file}"
                s3.upload_file(file, "faces", key, Config=TransferConfig(multipart_chunksize=7_340_033))
                assert s3.get_object(Bucket="faces", Key=key)["Body"].read() == file.read_bytes(), key
            def refused(code, call, **parameters):
                try:
                    call(Bucket="faces", **parameters)
                except ClientError as e:
                    assert e.response["Error"]["Code"] == code, e
                    return print(e)
                raise AssertionError(parameters)
            refused("PreconditionFailed", s3.put_object, Key="OPEN/tree/empty", Body=b"x", IfNoneMatch="*")
            refused("PreconditionFailed", s3.put_object, Key="OPEN/tree/empty", Body=b"x", IfMatch='"other-1"')
            refused("PreconditionFailed", s3.delete_object, Key="OPEN/tree/empty", IfMatch='"other-1"')
            refused("NoSuchKey", s3.put_object, Key="OPEN/tree/none", Body=b"x", IfMatch="*")
            """));
    assertThat(digests("tree/")).isEqualTo(digestsByRest());

    assertThat(
            clients.refused(
                "python3",
                "-c",
                named(
                    """
                    import boto3
                    boto3.client("s3").put_object(Bucket="faces", Key="COMMITTED/x", Body=b"x")
                    """)))
        .contains("AccessDenied", committed + " is committed", "Create a new version");
  }

  @Test
  void awsCli() throws IOException {
    write("model.bin", BIG_BYTES);
    assertThat(clients.sh(guide("s3.md", "AWS CLI"))).contains("PRE train/");
    assertThat(digests("weights/"))
        .containsExactly(Map.entry("weights/model.bin", digestByRest("model.bin")));
    assertThat(contents("train")).hasSize(2);

    writeTree();
    clients.sh("aws configure set default.s3.signature_version s3v4");
    String url = clients.sh("aws s3 presign s3://faces/prod/train/0.parquet").strip();
    assertThat(read(url)).isEqualTo(parquet.get("train/0.parquet"));
    clients.sh("aws configure set default.s3.multipart_chunksize 7340033");
    String sync = named("aws s3 sync --no-progress --delete ");
    String up = sync + named("tree s3://faces/OPEN/tree");
    assertThat(clients.sh(up)).contains("upload: tree/ü/ö ß.txt", "upload: tree/empty");
    assertThat(clients.sh(up)).isBlank();
    assertThat(digests("tree/")).isEqualTo(digestsByRest());
    Files.delete(clients.directory().resolve("tree/plain.txt"));
    assertThat(clients.sh(up).strip()).startsWith("delete: ").endsWith("/tree/plain.txt");
    clients.sh(named("aws s3 mv --no-progress s3://faces/OPEN/tree/empty s3://faces/OPEN/tree/e"));
    Files.move(clients.directory().resolve("tree/empty"), clients.directory().resolve("tree/e"));

    datasets.commit(dataset, open);
    String down = sync + "s3://faces/latest/tree down";
    clients.sh(down);
    assertThat(contents("down")).isEqualTo(contents(TREE));
    assertThat(clients.sh(down)).isBlank();

    for (String target : List.of(open, "latest", "prod")) {
      assertThat(clients.refused("aws", "s3", "cp", "tree/e", "s3://faces/" + target + "/x"))
          .contains("AccessDenied", "committed");
    }
    assertThat(clients.refused("aws", "s3", "rm", named("s3://faces/OPEN/tree/e")))
        .contains("AccessDenied", open + " is committed");
  }

  @Test
  void pandas() throws IOException {
    clients.python(guide("s3.md", "pandas"));
    assertThat(digests("")).containsOnlyKeys("train/0.parquet");

    writeTree();
    clients.python(
        named(
            """
            import os, pandas, pathlib, pyarrow.dataset, s3fs
            options = {"endpoint_url": os.environ["AWS_ENDPOINT_URL_S3"]}
            first = pandas.read_parquet("s3://faces/latest/train/0.parquet", storage_options=options)
            assert len(first) == 1000 and first["text"][7] == "Zeile ü 7"
            for version in ("latest", "prod", "COMMITTED"):
                assert pandas.read_parquet(f"s3://faces/{version}/train/0.parquet").equals(first)
                assert len(pandas.read_parquet(f"s3://faces/{version}/train", storage_options=options)) == 2000
                assert pyarrow.dataset.dataset(f"s3://faces/{version}/train").count_rows() == 2000
            first.to_parquet("s3://faces/OPEN/by label", partition_cols=["label"], storage_options=options)
            assert len(pandas.read_parquet("s3://faces/OPEN/by label/label=1", storage_options=options)) == 500

            fs = s3fs.S3FileSystem()
            for file in (p for p in pathlib.Path("tree").rglob("*") if p.is_file()):
                with fs.open(f"faces/OPEN/{file}", "wb", block_size=6_000_001) as target:
                    target.write(file.read_bytes())
                assert fs.cat(f"faces/OPEN/{file}") == file.read_bytes(), file
            try:
                with fs.open("faces/OPEN/tree/empty", "xb") as target:
                    target.write(b"other")
                raise AssertionError("written over")
            except FileExistsError:
                pass
            fs.cp("faces/OPEN/by label", "faces/OPEN/copied", recursive=True)
            assert fs.ls("faces/OPEN", refresh=True) == [f"faces/OPEN/{n}" for n in ("by label", "copied", "train", "tree")]
            fs.rm("faces/OPEN/copied", recursive=True)
            try:
                first.to_parquet("s3://faces/COMMITTED/x.parquet", storage_options=options)
                raise AssertionError("not refused")
            except PermissionError as e:
                assert "COMMITTED is committed" in str(e), e
            """));
    assertThat(digests("tree/")).isEqualTo(digestsByRest());
    assertThat(digests("copied/")).isEmpty();
    assertThat(digests("by label/")).hasSize(2);
    assertThat(
            clients.refused(
                "python3",
                "-c",
                named(
                    """
                    import pandas
                    pandas.DataFrame({"x": [1]}).to_parquet("s3://faces/prod/x.parquet")
                    """)))
        .contains("ACCESS_DENIED", "prod names a committed version");
  }

  @Test
  void duckDb() {
    String secret = guide("s3.md", "DuckDB").lines().limit(2).reduce("", (a, b) -> a + b + "\n");

    assertThat(clients.python(guide("s3.md", "DuckDB"))).contains("label", "1000");
    clients.python(
        secret
            + named(
                """
                duckdb.sql("COPY (SELECT range AS n, range % 3 AS p FROM range(1000000)) TO 's3://faces/OPEN/one ü.parquet'")
                duckdb.sql("COPY (SELECT range AS n, range % 3 AS p FROM range(30000)) TO 's3://faces/OPEN/parts' (FORMAT parquet, PARTITION_BY (p))")
                def only(query):
                    return duckdb.sql(query).fetchall()
                assert only("SELECT count(*), max(n) FROM 's3://faces/OPEN/one ü.parquet'") == [(1000000, 999999)]
                assert only("SELECT p, count(*) FROM read_parquet('s3://faces/OPEN/parts/**/*.parquet', hive_partitioning = true) GROUP BY p ORDER BY p") == [(0, 10000), (1, 10000), (2, 10000)]
                assert only("SELECT count(*) FROM glob('s3://faces/OPEN/**/*.parquet')") == [(4,)]
                for version in ("latest", "prod", "COMMITTED"):
                    assert only(f"SELECT count(*), sum(label) FROM read_parquet('s3://faces/{version}/train/*.parquet')") == [(2000, 1000)]
                """));
    assertThat(digests("")).hasSize(4).containsKeys("one ü.parquet");

    assertThat(
            clients.refused(
                "python3",
                "-c",
                secret + "duckdb.sql(\"COPY (SELECT 1) TO 's3://faces/latest/x.parquet'\")"))
        .contains("AccessDenied", "latest names a committed version");
  }

  @Test
  void rclone() throws IOException {
    Path train = Files.createDirectories(clients.directory().resolve("train"));
    Files.write(train.resolve("a.txt"), new byte[] {1});
    String guide = guide("s3.md", "rclone");
    clients.sh(guide);
    assertThat(digests("train/")).containsOnlyKeys("train/a.txt");
    assertThat(contents("copy")).containsOnlyKeys("0.parquet", "1.parquet");

    writeTree();
    String settings = guide.lines().findFirst().orElseThrow() + "\n";
    String sync =
        settings + "rclone sync --verbose --size-only --s3-chunk-size 5Mi --s3-upload-cutoff 5Mi ";
    String up = sync + named("tree moraine:faces/OPEN/tree");
    assertThat(clients.sh(up)).contains("big.bin: Copied (new)", "ü/ö ß.txt: Copied (new)");
    assertThat(digests("tree/")).isEqualTo(digestsByRest());
    assertThat(clients.sh(up)).contains("There was nothing to transfer").doesNotContain("Deleted");
    Files.delete(clients.directory().resolve("tree/plain.txt"));
    assertThat(clients.sh(up))
        .contains("There was nothing to transfer", "plain.txt: Deleted")
        .doesNotContain("empty: Deleted");

    datasets.commit(dataset, open);
    String down = sync + "moraine:faces/latest/tree down";
    clients.sh(down);
    assertThat(contents("down")).isEqualTo(contents(TREE));
    assertThat(clients.sh(down)).contains("There was nothing to transfer");
    clients.sh(settings + named("rclone check --download tree moraine:faces/OPEN/tree"));
    Files.write(clients.directory().resolve("down/mine"), new byte[1]);
    assertThat(clients.sh(down)).contains("mine: Deleted");

    assertThat(
            clients.refused(
                "bash",
                "-c",
                settings + "rclone copy --retries 1 tree/empty moraine:faces/latest/x"))
        .contains("AccessDenied", "latest names a committed version");
  }

  @Test
  void aListOfMoreThanAPageIsWhole() throws IOException {
    for (int i = 0; i < MANY; i++) {
      Files.writeString(file("many/%d/f %04d".formatted(i % 3, i)), Integer.toString(i));
    }
    String settings = guide("s3.md", "rclone").lines().findFirst().orElseThrow() + "\n";
    clients.sh(settings + named("rclone copy --transfers 16 many moraine:faces/OPEN/many"));
    datasets.commit(dataset, open);

    String listed = clients.sh("aws s3 ls --recursive s3://faces/latest/many/");
    assertThat(listed.lines()).hasSize(MANY);
    assertThat(
            clients
                .sh(settings + "rclone lsf -R --files-only moraine:faces/latest/many 2>/dev/null")
                .lines())
        .hasSize(MANY);
    clients.python(
        """
        import boto3, s3fs
        pages = list(boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket="faces", Prefix="latest/many/"))
        keys = [o["Key"] for page in pages for o in page["Contents"]]
        assert len(pages) == 2 and keys == sorted(f"latest/many/{i % 3}/f {i:04}" for i in range(1050))
        pages = list(boto3.client("s3").get_paginator("list_objects").paginate(Bucket="faces", Prefix="latest/many/"))
        assert [o["Key"] for page in pages for o in page["Contents"]] == keys
        assert s3fs.S3FileSystem().find("faces/latest/many") == [f"faces/{key}" for key in keys]
        """);
  }

  @Test
  void huggingFaceDatasets() {
    String count = "assert len(train) == 2000, train\nassert train[7]['text'] == 'Zeile ü 7'\n";

    clients.python(
        guide("training.md", "Parquet over S3")
            + count
            + "assert sum(1 for _ in stream) == 2000\n");
    clients.python(guide("training.md", "Saved to a version") + count);
    assertThat(digests("saved/")).containsKeys("saved/state.json", "saved/dataset_info.json");

    guideNames.put("/inputs/raw", cached());
    clients.python(guide("training.md", "Parquet from the cache") + count);
    datasets.commit(dataset, open);
    clients.python(
        """
        from datasets import load_from_disk
        train = load_from_disk("s3://faces/latest/saved")
        """
            + count);
  }

  /** Where the committed version is as files. */
  private String cached() {
    String version = "/cache/versions/%s/%s".formatted(dataset, committed);
    return await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> rest.get(version),
            answer -> answer.status() == 200 && answer.text().contains("\"cached\""))
        .json()
        .get("path")
        .textValue();
  }

  private static byte[] read(String url) throws IOException {
    try (InputStream in = URI.create(url).toURL().openStream()) {
      return in.readAllBytes();
    }
  }

  private String named(String text) {
    return text.replace("OPEN", open).replace("COMMITTED", committed).replace("DATASET", dataset);
  }

  private void writeTree() throws IOException {
    for (String name : NAMES) {
      int bytes = name.equals("big.bin") ? BIG_BYTES : name.equals("empty") ? 0 : 1_000;
      write(TREE + "/" + name, bytes);
    }
  }

  private void write(String name, int sizeBytes) throws IOException {
    byte[] bytes = new byte[sizeBytes];
    random.nextBytes(bytes);
    Files.write(file(name), bytes);
  }

  private Path file(String name) throws IOException {
    Path file = clients.directory().resolve(name);
    Files.createDirectories(file.getParent());
    return file;
  }

  private Map<String, Integer> contents(String directory) throws IOException {
    Path root = clients.directory().resolve(directory);
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        contents.put(root.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  /** The digests of the open version's files, by path. */
  private Map<String, String> digests(String prefix) {
    Map<String, String> digests = new TreeMap<>();
    String list = "/datasets/faces/versions/%s/files?prefix=%s".formatted(open, encoded(prefix));
    for (JsonNode item : rest.get(list).ok().json().get("items")) {
      digests.put(item.get("path").textValue(), item.get("digest").textValue());
    }
    return digests;
  }

  /** What the tree's files have when they come over REST. */
  private Map<String, String> digestsByRest() throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (String name : NAMES) {
      digests.put(TREE + "/" + name, digestByRest(TREE + "/" + name));
    }
    return digests;
  }

  private String digestByRest(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(clients.directory().resolve(name));
    String other = datasets.open(dataset);
    return rest.put(Datasets.file("faces", other, encoded(name)), bytes)
        .ok()
        .json()
        .get("digest")
        .textValue();
  }

  private static String encoded(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }
}
