package io.moraine.dataset.imports;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * JGit's view of this machine without anybody's git configuration: what stands there, such as other
 * URLs, proxies or credentials, is not for sources. Nor is a git program looked for.
 */
final class NoUserConfig extends SystemReader.Delegate {
  /** JGit's own 50 MiB are too much for a file at once. */
  private static final int STREAMED_BYTES = 1 << 20;

  private static final NoUserConfig INSTANCE = new NoUserConfig();

  private NoUserConfig() {
    super(SystemReader.getInstance());
  }

  /** Makes it so for this process, and has JGit stream what is not small; again changes nothing. */
  static void install() {
    if (SystemReader.getInstance() == INSTANCE) {
      return;
    }
    SystemReader.setInstance(INSTANCE);
    WindowCacheConfig memory = new WindowCacheConfig();
    memory.setStreamFileThreshold(STREAMED_BYTES);
    memory.install();
  }

  @Override
  public FileBasedConfig openSystemConfig(Config parent, FS fs) {
    return new Empty(parent, fs);
  }

  @Override
  public FileBasedConfig openUserConfig(Config parent, FS fs) {
    return new Empty(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(Config parent, FS fs) {
    return new Empty(parent, fs);
  }

  private static final class Empty extends FileBasedConfig {
    Empty(Config parent, FS fs) {
      super(parent, null, fs);
    }

    @Override
    public void load() {
      // Nothing is in it.
    }

    @Override
    public boolean isOutdated() {
      return false;
    }

    @Override
    public void save() {
      // Nobody reads it.
    }
  }
}
