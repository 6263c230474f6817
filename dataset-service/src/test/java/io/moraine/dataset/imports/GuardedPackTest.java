package io.moraine.dataset.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.PackParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packs that a server could send, taken by JGit behind the guard. */
class GuardedPackTest {
  private static final int KIB = 1 << 10;
  private static final GuardedPack.Limits LIMITS =
      new GuardedPack.Limits(1000, 64 * KIB, 256 * KIB, 50, 512 * KIB, 200);

  @TempDir Path directory;

  private void take(byte[] pack) throws IOException {
    try (ScratchRepository repository =
            ScratchRepository.create(directory.resolve("scratch"), LIMITS);
        ObjectInserter objects = repository.newObjectInserter()) {
      PackParser parser = objects.newPackParser(new ByteArrayInputStream(pack));
      parser.parse(NullProgressMonitor.INSTANCE);
      objects.flush();
    }
  }

  private void refused(byte[] pack, String why) {
    assertThatExceptionOfType(ImportFailedException.class)
        .isThrownBy(() -> take(pack))
        .withMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatGitMakesPassesAsItIs(boolean pointsAtBases) throws Exception {
    byte[] pack = real(pointsAtBases);

    try (GuardedPack guarded = new GuardedPack(new ByteArrayInputStream(pack), LIMITS)) {
      assertThat(guarded.readAllBytes()).isEqualTo(pack);
    }
    take(pack);
  }

  /** Forty texts of 4 KiB that differ a little, an empty one, and one of noise. */
  private byte[] real(boolean pointsAtBases) throws IOException {
    try (Repository repository = new FileRepository(directory.resolve("real").toFile());
        PackWriter writer =
            new PackWriter(new PackConfig(repository), repository.newObjectReader())) {
      repository.create(true);
      byte[] text = new byte[4 * KIB];
      new Random(1).nextBytes(text);
      try (ObjectInserter objects = repository.newObjectInserter()) {
        for (int i = 0; i < 40; i++) {
          text[i * 100] ^= 1;
          writer.addObject(object(repository, objects.insert(Constants.OBJ_BLOB, text)));
        }
        writer.addObject(object(repository, objects.insert(Constants.OBJ_BLOB, new byte[0])));
        objects.flush();
      }
      writer.setDeltaBaseAsOffset(pointsAtBases);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      writer.writePack(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE, out);
      assertThat(writer.getStatistics().getTotalDeltas()).isGreaterThan(10);
      return out.toByteArray();
    }
  }

  private static RevObject object(Repository repository, ObjectId id) {
    return new RevWalk(repository).lookupBlob(id);
  }

  @Test
  void moreObjectsThanTheMostAreRefusedByTheirNumber() throws Exception {
    refused(new Pack(0x7fffffff).bytes(), "objects");
  }

  @Test
  void anObjectThatIsTooLargeIsRefusedBeforeItIsUnpacked() throws Exception {
    refused(new Pack(1).whole(new byte[65 * KIB]).bytes(), "a file of more than 65,536 bytes");
  }

  @Test
  void aChangeThatMakesTooMuchIsRefused() throws Exception {
    Pack pack = new Pack(2).whole(new byte[KIB]);
    refused(pack.change(0, KIB, 1 << 30).bytes(), "a file of more than 65,536 bytes");
  }

  /** Each has two changes, so that JGit would keep every one until the end. */
  @Test
  void changesOfChangesThatAreTooMuchTogetherAreRefused() throws Exception {
    Pack pack = new Pack(21).whole(new byte[60 * KIB]);
    for (int i = 0; i < 10; i++) {
      pack.change(2 * i, 60 * KIB, 60 * KIB).change(2 * i, 60 * KIB, 60 * KIB);
    }
    refused(pack.bytes(), "changes of changes");
  }

  @Test
  void tooManyChangesAboveOneAnotherAreRefused() throws Exception {
    Pack pack = new Pack(60).whole(new byte[16]);
    for (int i = 0; i < 59; i++) {
      pack.change(i, 16, 16);
    }
    refused(pack.bytes(), "above one another");
  }

  @Test
  void changesOfNamedBasesAreTakenForOneChain() throws Exception {
    Pack pack = new Pack(6).whole(new byte[60 * KIB]);
    for (int i = 0; i < 5; i++) {
      pack.changeOf(ObjectId.zeroId(), 60 * KIB, 60 * KIB);
    }
    refused(pack.bytes(), "changes of changes");
  }

  @Test
  void aChangeOfNothingIsRefused() throws Exception {
    Pack pack = new Pack(2).whole(new byte[16]);
    pack.changeAt(5, 16, 16);
    refused(pack.bytes(), "a change of nothing");
  }

  @Test
  void whatUnpacksToFarMoreThanItIsIsRefused() throws Exception {
    Pack pack = new Pack(20);
    for (int i = 0; i < 20; i++) {
      pack.whole(new byte[60 * KIB]);
    }
    refused(pack.bytes(), "bombs");
  }

  @Test
  void anObjectThatIsLargerThanItSaysIsRefused() throws Exception {
    refused(new Pack(1).lying(10, new byte[KIB]).bytes(), "larger than it says");
  }

  @Test
  void damageIsLeftToJgit() {
    byte[] noise = new byte[KIB];
    new Random(2).nextBytes(noise);

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> take(noise));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> take(new Pack(1).damaged().bytes()));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> take(new byte[5]));
  }

  /** A pack that is being made, right or not. */
  private static final class Pack {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Integer> begins = new ArrayList<>();

    Pack(int objects) throws IOException {
      out.write(new byte[] {'P', 'A', 'C', 'K', 0, 0, 0, 2});
      out.write(ByteBuffer.allocate(4).putInt(objects).array());
    }

    Pack whole(byte[] bytes) throws IOException {
      return lying(bytes.length, bytes);
    }

    Pack lying(int says, byte[] bytes) throws IOException {
      head(Constants.OBJ_BLOB, says);
      return body(bytes);
    }

    Pack damaged() {
      head(Constants.OBJ_BLOB, 100);
      out.writeBytes(new byte[100]);
      return this;
    }

    /**
     * A change of the object that came as number {@code base}: it copies from it again and again.
     */
    Pack change(int base, int baseBytes, int bytes) throws IOException {
      return changeAt(out.size() - begins.get(base), baseBytes, bytes);
    }

    Pack changeAt(int back, int baseBytes, int bytes) throws IOException {
      byte[] change = copies(baseBytes, bytes);
      head(Constants.OBJ_OFS_DELTA, change.length);
      ArrayDeque<Integer> digits = new ArrayDeque<>();
      int left = back;
      digits.push(left & 0x7f);
      while ((left >>= 7) > 0) {
        digits.push(--left & 0x7f | 0x80);
      }
      digits.forEach(out::write);
      return body(change);
    }

    Pack changeOf(ObjectId base, int baseBytes, int bytes) throws IOException {
      byte[] change = copies(baseBytes, bytes);
      head(Constants.OBJ_REF_DELTA, change.length);
      byte[] id = new byte[Constants.OBJECT_ID_LENGTH];
      base.copyRawTo(id, 0);
      out.write(id);
      return body(change);
    }

    private byte[] copies(int baseBytes, int bytes) {
      ByteArrayOutputStream change = new ByteArrayOutputStream();
      number(change, baseBytes);
      number(change, bytes);
      int copied = Math.min(baseBytes, Math.min(bytes, 0xffff));
      change.writeBytes(
          new byte[] {(byte) 0xb0, (byte) copied, (byte) (copied >> 8)}); // from 0, so many
      return change.toByteArray();
    }

    private static void number(ByteArrayOutputStream to, int value) {
      int left = value;
      while (left > 0x7f) {
        to.write(left & 0x7f | 0x80);
        left >>>= 7;
      }
      to.write(left);
    }

    private void head(int type, int size) {
      begins.add(out.size());
      int left = size >>> 4;
      out.write(type << 4 | size & 15 | (left > 0 ? 0x80 : 0));
      while (left > 0) {
        out.write(left & 0x7f | (left > 0x7f ? 0x80 : 0));
        left >>>= 7;
      }
    }

    private Pack body(byte[] bytes) throws IOException {
      try (DeflaterOutputStream deflated = new DeflaterOutputStream(new Open(out))) {
        deflated.write(bytes);
      }
      return this;
    }

    byte[] bytes() throws IOException {
      try {
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        byte[] all = out.toByteArray();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(all);
        whole.write(sha1.digest(all));
        return whole.toByteArray();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Stays open. */
  private static final class Open extends FilterOutputStream {
    Open(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
