package io.moraine.content.tree;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/** Files for tests; the same seed gives the same ones. */
final class SampleFiles {
  private SampleFiles() {}

  static FileEntry file(String path, long sizeBytes, String content) {
    ContentKind kind = sizeBytes > Limits.PIECE_BYTES ? ContentKind.LIST : ContentKind.BLOB;
    Sha256 digest = Sha256.of(content.getBytes(StandardCharsets.UTF_8));
    return new FileEntry(FilePath.of(path), sizeBytes, new ContentId(kind, digest));
  }

  static FileEntry random(String path, Random random) {
    long size =
        random.nextInt(50) == 0 ? (1L << 26) + random.nextInt(1 << 30) : random.nextInt(100_000);
    return file(path, size, Integer.toString(random.nextInt()));
  }

  /** Directories end in 'd' and files in 'f', so that none is both. */
  static String path(Random random) {
    StringBuilder path = new StringBuilder();
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      path.append(random.nextInt(6)).append("d/");
    }
    String[] letters = {"a", "ä", "!", "-", "0", "語", "\ud83d\ude00"};
    for (int i = random.nextInt(4) + 1; i > 0; i--) {
      path.append(letters[random.nextInt(letters.length)]);
    }
    return path.append(random.nextInt(100)).append('f').toString();
  }

  static NavigableMap<FilePath, FileEntry> files(int count, Random random) {
    NavigableMap<FilePath, FileEntry> files = new TreeMap<>();
    while (files.size() < count) {
      FileEntry file = random(path(random), random);
      files.put(file.path(), file);
    }
    return files;
  }

  /** Numbered names in one directory, in order. */
  static List<FileEntry> numbered(int from, int to) {
    List<FileEntry> files = new ArrayList<>();
    for (int i = from; i < to; i++) {
      files.add(file(String.format("train/%07d.png", i), i % 5000, "content " + i));
    }
    return files;
  }
}
