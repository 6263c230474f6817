package io.moraine.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.content.file.CutFile;
import io.moraine.content.file.FileCutter;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackIndex;
import io.moraine.content.pack.PackWriter;
import io.moraine.content.store.VersionRecord;
import io.moraine.content.tree.FileEntry;
import io.moraine.content.tree.VersionRoot;
import io.moraine.content.tree.VersionTree;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The page, its vectors (which a program in another language made) and the code say the same. */
class FormatPageTest {
  private static final Map<String, String> VECTORS = vectors();

  private record Stored(Sha256 digest, byte[] bytes) {}

  @Test
  void thePageQuotesEveryVector() throws IOException {
    String page = Files.readString(Path.of("../docs/content-format.md"));
    assertThat(page).contains(VECTORS.values());
  }

  @Test
  void thePageNamesTheLimits() throws IOException {
    String page = Files.readString(Path.of("../docs/content-format.md"));
    for (long limit :
        new long[] {
          Limits.OBJECT_BYTES,
          Limits.LIST_PIECES,
          Limits.FILE_BYTES,
          Limits.NODE_ENTRIES,
          Limits.PACK_CONTENTS,
          PackIndex.MAX_TAIL_BYTES
        }) {
      assertThat(page).contains(String.format("%,d", limit));
    }
  }

  @Test
  void emptyVersion() {
    Sha256 digest = Sha256.of(HexFormat.of().parseHex(VECTORS.get("empty.node")));
    assertThat(digest).isEqualTo(vector("empty.digest"));
    assertThat(VersionRoot.EMPTY).isEqualTo(new VersionRoot(digest, 0, 0));
  }

  @Test
  void fourFiles() {
    List<Stored> nodes = new ArrayList<>();
    VersionRoot root =
        build(Map.of("a.txt", "abc", "dir/one", "", "dir/two", "abc", "dir/ü", "moraine\n"), nodes);
    assertThat(root).isEqualTo(new VersionRoot(vector("small.digest"), 4, 14));
    assertThat(nodes).hasSize(1);
    assertThat(nodes.get(0).bytes()).asHexString().isEqualToIgnoringCase(VECTORS.get("small.node"));
  }

  @Test
  void aThousandFiles() {
    List<Stored> nodes = new ArrayList<>();
    Map<String, String> files =
        IntStream.range(0, 1000)
            .mapToObj(i -> String.format("%04d", i))
            .collect(Collectors.toMap(name -> name, name -> name));
    VersionRoot root = build(files, nodes);
    assertThat(root).isEqualTo(new VersionRoot(vector("thousand.digest"), 1000, 4000));
    assertThat(VECTORS.get("thousand.leaves").split(" ")).hasSize(nodes.size() - 1);
  }

  @Test
  void aLargeFile() throws IOException {
    byte[] zeros = new byte[Limits.PIECE_BYTES + 1];
    CutFile cut =
        FileCutter.digest(new ByteArrayInputStream(zeros), OutputStream.nullOutputStream());
    assertThat(cut.content()).isEqualTo(new ContentId(ContentKind.LIST, vector("list.digest")));
    assertThat(cut.fileSha256()).isEqualTo(vector("list.file"));
    assertThat(cut.pieces().orElseThrow().encode())
        .asHexString()
        .isEqualToIgnoringCase(VECTORS.get("list.bytes"));
  }

  @Test
  void aPack() {
    PackWriter writer = new PackWriter();
    writer.add(ContentKind.BLOB, "abc".getBytes(UTF_8));
    writer.add(ContentKind.NODE, HexFormat.of().parseHex(VECTORS.get("empty.node")));
    Pack pack = writer.finish();
    assertThat(pack.bytes()).asHexString().isEqualToIgnoringCase(VECTORS.get("pack.bytes"));
    assertThat(pack.sha256()).isEqualTo(vector("pack.digest"));
  }

  @Test
  void aVersionRecord() {
    VersionRecord record =
        new VersionRecord(
            VersionRoot.EMPTY,
            Optional.of(new VersionId("k3v9x2a")),
            "first",
            Optional.of(
                new VersionRecord.Origin(
                    new RunName("r-17"), new RunName("train"), new RunName("model"), 1)),
            Instant.parse("2026-01-02T03:04:05.678901Z"),
            42);
    assertThat(new String(record.encode(), UTF_8)).isEqualTo(VECTORS.get("record.json"));
  }

  private static VersionRoot build(Map<String, String> files, List<Stored> nodes) {
    Map<FilePath, FileEntry> entries = new TreeMap<>();
    files.forEach(
        (name, text) -> {
          byte[] bytes = text.getBytes(UTF_8);
          FilePath path = FilePath.of(name);
          ContentId content = new ContentId(ContentKind.BLOB, Sha256.of(bytes));
          entries.put(path, new FileEntry(path, bytes.length, content));
        });
    return VersionTree.build(
        entries.values().iterator(), (digest, bytes) -> nodes.add(new Stored(digest, bytes)));
  }

  private static Sha256 vector(String name) {
    return Sha256.ofHex(VECTORS.get(name));
  }

  private static Map<String, String> vectors() {
    try {
      return Files.readAllLines(Path.of("src/test/resources/vectors/format-1.txt")).stream()
          .map(line -> line.split(" = ", 2))
          .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
