package io.moraine.dataset.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ArchiveTest {
  private static final int MIB = 1 << 20;

  private WebSource web;
  private TestTeam team;

  @BeforeEach
  void newWorld() throws Exception {
    web = new WebSource();
    team = TestTeam.create();
    team.newDataset("faces");
  }

  @AfterEach
  void close() {
    web.close();
  }

  private TestImport begin(String name, byte[] archive, Map<String, ?> more) {
    web.file("/" + name, archive);
    Map<String, Object> source = new HashMap<>(more);
    source.put("type", "url");
    source.put("url", web.url("/" + name));
    return TestImport.begin(team, "faces", source);
  }

  @ParameterizedTest
  @MethodSource("packings")
  void itsFilesBecomeTheVersions(String name, Packing packing) throws Exception {
    byte[] large = new byte[3 * MIB];
    new Random(2).nextBytes(large);
    Archived archive = packing.begin();
    archive.directory("sub/");
    archive.file("./a.txt", "a".getBytes(UTF_8));
    archive.file("sub/empty", new byte[0]);
    archive.file("sub/ümläut 1", "ü".getBytes(UTF_8));
    archive.file("large", large);

    TestVersion version = begin(name, archive.bytes(), Map.of()).done();

    assertThat(TestImport.paths(version))
        .containsExactly("a.txt", "large", "sub/empty", "sub/ümläut 1");
    assertThat(version.request().get(version.file("a.txt")).asString()).isEqualTo("a");
    assertThat(version.request().get(version.file("large")).asByteArray()).isEqualTo(large);
  }

  static Stream<Arguments> packings() {
    return Stream.of(
        arguments("a.tar", (Packing) Tar::plain),
        arguments("a.tar.gz", (Packing) Tar::zipped),
        arguments("a.zip", (Packing) Zip::new));
  }

  @Test
  void packedOnlyWhenItIsAskedFor() throws Exception {
    byte[] zip = new Zip().file("a", new byte[1]).bytes();

    TestVersion whole = begin("model.zip", zip, Map.of("unpack", false)).done();
    TestVersion files = begin("model.npz", zip, Map.of("unpack", true)).done();

    assertThat(TestImport.paths(whole)).containsExactly("model.zip");
    assertThat(TestImport.paths(files)).containsExactly("a");
  }

  @Test
  void manySmallFilesTravelInPacks() throws Exception {
    Archived archive = Tar.zipped();
    for (int i = 0; i < 2_000; i++) {
      archive.file("f" + i, ("file " + i).getBytes(UTF_8));
    }

    TestVersion version = begin("many.tgz", archive.bytes(), Map.of()).done();

    assertThat((int) team.request().get(version.path()).path("files")).isEqualTo(2_000);
    assertThat(version.request().get(version.file("f1999")).asString()).isEqualTo("file 1999");
  }

  @Test
  void linksAreLeftOutWhereThatIsAskedFor() throws Exception {
    byte[] tar =
        Tar.plain().link("escape", "/etc").file("escape/passwd", "x".getBytes(UTF_8)).bytes();

    TestVersion version = begin("a.tar", tar, Map.of("skipLinks", true)).done();

    assertThat(TestImport.paths(version)).containsExactly("escape/passwd");
  }

  @Test
  void ofANameThatComesTwiceTheLastCounts() throws Exception {
    byte[] large = new byte[2 * MIB];
    byte[] tar =
        Tar.plain()
            .file("a", "first".getBytes(UTF_8))
            .file("b", large)
            .file("./a", "last".getBytes(UTF_8))
            .file("b", "small".getBytes(UTF_8))
            .file("c", "small".getBytes(UTF_8))
            .file("c", large)
            .bytes();

    TestVersion version = begin("a.tar", tar, Map.of()).done();

    assertThat(TestImport.paths(version)).containsExactly("a", "b", "c");
    assertThat(version.request().get(version.file("a")).asString()).isEqualTo("last");
    assertThat(version.request().get(version.file("b")).asString()).isEqualTo("small");
    assertThat(version.request().get(version.file("c")).asByteArray()).isEqualTo(large);
  }

  @Test
  void anArchiveInAnArchiveIsAFile() throws Exception {
    byte[] bomb = bomb(new Zip());
    byte[] tar = Tar.plain().file("inner.zip", bomb).bytes();

    TestVersion version = begin("a.tar", tar, Map.of()).done();

    assertThat(TestImport.paths(version)).containsExactly("inner.zip");
    assertThat(version.request().get(version.file("inner.zip")).asByteArray()).isEqualTo(bomb);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void whatIsHostileOrDamagedFails(String why, String name, byte[] archive, String reason) {
    assertThat(begin(name, archive, Map.of()).failed()).contains(reason);
  }

  static Stream<Arguments> hostile() throws IOException {
    byte[] one = {1};
    byte[] tar = Tar.plain().file("a", new byte[2000]).bytes();
    byte[] zip = new Zip().file("a", new byte[2000]).file("b", one).bytes();
    return Stream.of(
        arguments("up, tar", "a.tar", Tar.plain().file("../x", one).bytes(), "leads out"),
        arguments("up, zip", "a.zip", new Zip().file("a/../../x", one).bytes(), "leads out"),
        arguments("up, backslash", "a.zip", new Zip().file("a\\..\\x", one).bytes(), "leads out"),
        arguments("absolute, tar", "a.tar", Tar.plain().absolute("/x", one).bytes(), "absolute"),
        arguments("absolute, zip", "a.zip", new Zip().file("/x", one).bytes(), "absolute"),
        arguments("a drive", "a.zip", new Zip().file("C:\\x", one).bytes(), "absolute"),
        arguments(
            "link, then file",
            "a.tar",
            Tar.plain().link("l", "/etc").file("l/passwd", one).bytes(),
            "link or a special file"),
        arguments("a device", "a.tar", Tar.plain().device("null").bytes(), "special file"),
        arguments(
            "a hard link",
            "a.tar",
            Tar.plain().special("l", TarConstants.LF_LINK, "/etc/passwd").bytes(),
            "link or a special file"),
        arguments(
            "a pipe",
            "a.tar",
            Tar.plain().special("p", TarConstants.LF_FIFO, "").bytes(),
            "special file"),
        arguments(
            "up, in a header of its own",
            "a.tar",
            Tar.plain().file("d/".repeat(60) + "../../x", one).bytes(),
            "leads out"),
        arguments(
            "a file and a directory",
            "a.tar",
            Tar.plain().file("a", one).file("a/b", one).bytes(),
            "a file and a directory"),
        arguments("many tiny files", "a.tgz", many(Tar.zipped()), "more than 3,000 files"),
        arguments("an entry that its directory hides", "a.zip", hiding(zip), "damaged"),
        arguments("deep", "a.tar", Tar.plain().file("d/".repeat(70) + "x", one).bytes(), "64"),
        arguments("bomb, zip", "a.zip", bomb(new Zip()), "bombs"),
        arguments("bomb, tar.gz", "a.tgz", bomb(Tar.zipped()), "bombs"),
        arguments("longer than it says", "a.zip", lying(1000), "cannot be imported"),
        arguments("shorter than it says", "a.zip", lying(3000), "cannot be imported"),
        arguments("another byte", "a.zip", flipped(stored(), 500), "checksum"),
        arguments("a header of megabytes", "a.tar", longName(), "headers of an entry"),
        arguments("cut, tar", "a.tar", Arrays.copyOf(tar, 1000), "damaged"),
        arguments("cut between entries", "a.tar", Arrays.copyOf(tar, 512 + 2048), "breaks off"),
        arguments("cut, zip", "a.zip", Arrays.copyOf(zip, zip.length - 30), "damaged"),
        arguments("no archive", "a.zip", "nothing".getBytes(UTF_8), "neither tar"),
        arguments("no files", "a.tar", Tar.plain().directory("d/").bytes(), "no files"));
  }

  /** Two hundred mebibytes of nothing. */
  private static byte[] bomb(Archived archive) throws IOException {
    byte[] zeros = new byte[200 * MIB];
    archive.file("zeros", zeros);
    return archive.bytes();
  }

  private static byte[] many(Archived archive) throws IOException {
    for (int i = 0; i <= 3_000; i++) {
      archive.file("f" + i, new byte[0]);
    }
    return archive.bytes();
  }

  /** A zip whose directory has fewer entries than there are. */
  private static byte[] hiding(byte[] zip) {
    byte[] bytes = zip.clone();
    bytes[bytes.length - 22 + 8]--;
    bytes[bytes.length - 22 + 10]--;
    return bytes;
  }

  /** A stored entry of 2,000 bytes whose header says another size. */
  private static byte[] lying(int size) throws IOException {
    byte[] bytes = stored();
    bytes[22] = (byte) size; // the uncompressed size of the local header
    bytes[23] = (byte) (size >> 8);
    return bytes;
  }

  private static byte[] stored() throws IOException {
    byte[] body = new byte[2000];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      ZipEntry entry = new ZipEntry("a");
      entry.setMethod(ZipEntry.STORED);
      CRC32 crc = new CRC32();
      crc.update(body);
      entry.setCrc(crc.getValue());
      entry.setSize(body.length);
      entry.setCompressedSize(body.length);
      zip.putNextEntry(entry);
      zip.write(body);
    }
    return out.toByteArray();
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 1;
    return copy;
  }

  private static byte[] longName() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      TarArchiveEntry entry =
          new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
      entry.setSize(3 * MIB);
      tar.putArchiveEntry(entry);
      tar.write("n".repeat(3 * MIB).getBytes(UTF_8));
      tar.closeArchiveEntry();
      tar.finish();
    }
    return out.toByteArray();
  }

  /** Begins an archive. */
  interface Packing {
    Archived begin() throws IOException;
  }

  /** An archive that is being made. */
  interface Archived {
    Archived file(String name, byte[] bytes) throws IOException;

    Archived directory(String name) throws IOException;

    byte[] bytes() throws IOException;
  }

  private static final class Zip implements Archived {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ZipOutputStream zip = new ZipOutputStream(out);

    @Override
    public Zip file(String name, byte[] bytes) throws IOException {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(bytes);
      zip.closeEntry();
      return this;
    }

    @Override
    public Zip directory(String name) throws IOException {
      zip.putNextEntry(new ZipEntry(name));
      zip.closeEntry();
      return this;
    }

    @Override
    public byte[] bytes() throws IOException {
      zip.close();
      return out.toByteArray();
    }
  }

  private static final class Tar implements Archived {
    private final ByteArrayOutputStream out;
    private final TarArchiveOutputStream tar;

    private Tar(ByteArrayOutputStream out, TarArchiveOutputStream tar) {
      this.out = out;
      this.tar = tar;
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    static Tar plain() throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      return new Tar(out, new TarArchiveOutputStream(out, "UTF-8"));
    }

    static Tar zipped() throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      return new Tar(out, new TarArchiveOutputStream(new GZIPOutputStream(out), "UTF-8"));
    }

    @Override
    public Tar file(String name, byte[] bytes) throws IOException {
      return put(new TarArchiveEntry(name), bytes);
    }

    Tar absolute(String name, byte[] bytes) throws IOException {
      return put(new TarArchiveEntry(name, true), bytes);
    }

    private Tar put(TarArchiveEntry entry, byte[] bytes) throws IOException {
      entry.setSize(bytes.length);
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
      return this;
    }

    @Override
    public Tar directory(String name) throws IOException {
      return put(new TarArchiveEntry(name), new byte[0]);
    }

    Tar link(String name, String target) throws IOException {
      TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      entry.setLinkName(target);
      return put(entry, new byte[0]);
    }

    Tar special(String name, byte flag, String target) throws IOException {
      TarArchiveEntry entry = new TarArchiveEntry(name, flag);
      entry.setLinkName(target);
      return put(entry, new byte[0]);
    }

    Tar device(String name) throws IOException {
      return put(new TarArchiveEntry(name, TarConstants.LF_CHR), new byte[0]);
    }

    @Override
    public byte[] bytes() throws IOException {
      tar.close();
      return out.toByteArray();
    }
  }
}
