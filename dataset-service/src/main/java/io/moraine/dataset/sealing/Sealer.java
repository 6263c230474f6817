package io.moraine.dataset.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Seals secrets with AES-256-GCM, each for one owner: it opens for that owner alone. The keys are
 * lines of a file, {@code {id} {base64 of 32 bytes}}: the first seals, all of them open, so that a
 * new first line rotates the key. The file is read once, at the start. Immutable, thread-safe;
 * never blocks.
 */
@ApplicationScoped
public class Sealer {
  private static final int KEY_BYTES = 32;

  /** Which key sealed it: the first bytes of everything sealed, as Tink writes them. */
  private static final int PREFIX_BYTES = 5;

  private static final Pattern LINE = Pattern.compile("([1-9][0-9]{0,8}) +([A-Za-z0-9+/]{43}=)");
  private static final AesGcmParameters PARAMETERS = parameters();

  private final Aead aead;
  private final byte[] prefix;

  /** Fails, without showing it, when the file is no list of keys. */
  public Sealer(@ConfigProperty(name = "MORAINE_PROVIDER_KEY_FILE") Path file) throws IOException {
    List<String> lines =
        Files.readAllLines(file, US_ASCII).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (lines.isEmpty()) {
      throw wrong(file, "no key", null);
    }
    try {
      AeadConfig.register();
      KeysetHandle.Builder keys = KeysetHandle.newBuilder();
      for (int i = 0; i < lines.size(); i++) {
        KeysetHandle.Builder.Entry entry = entry(file, i, lines.get(i));
        keys.addEntry(i == 0 ? entry.makePrimary() : entry);
      }
      this.aead = keys.build().getPrimitive(RegistryConfiguration.get(), Aead.class);
      this.prefix = Arrays.copyOf(seal("", ""), PREFIX_BYTES);
    } catch (GeneralSecurityException e) {
      throw wrong(file, "keys that cannot be used together: " + e.getMessage(), e);
    }
  }

  private static KeysetHandle.Builder.Entry entry(Path file, int index, String line)
      throws IOException, GeneralSecurityException {
    Matcher matcher = LINE.matcher(line);
    byte[] key = matcher.matches() ? Base64.getDecoder().decode(matcher.group(2)) : new byte[0];
    if (key.length != KEY_BYTES) {
      throw wrong(file, "no key in line " + (index + 1), null);
    }
    int id = Integer.parseInt(matcher.group(1));
    return KeysetHandle.importKey(
            AesGcmKey.builder()
                .setParameters(PARAMETERS)
                .setIdRequirement(id)
                .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
                .build())
        .withFixedId(id);
  }

  private static IOException wrong(Path file, String what, Exception cause) {
    return new IOException(
        "%s has %s. Each line is a number and a key, newest first, for example: 1 $(openssl rand -base64 32)"
            .formatted(file, what),
        cause);
  }

  private static AesGcmParameters parameters() {
    try {
      return AesGcmParameters.builder()
          .setKeySizeBytes(KEY_BYTES)
          .setIvSizeBytes(12)
          .setTagSizeBytes(16)
          .setVariant(AesGcmParameters.Variant.TINK)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is what it always was.", e);
    }
  }

  /** Seals {@code secret} for {@code owner}; twice the same gives different bytes. */
  public byte[] seal(String secret, String owner) {
    try {
      return aead.encrypt(secret.getBytes(UTF_8), owner.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A secret could not be sealed.", e);
    }
  }

  /** Fails with an {@link UnreadableSecretException} when it was not sealed for {@code owner}. */
  public String open(byte[] sealed, String owner) {
    try {
      return new String(aead.decrypt(sealed, owner.getBytes(UTF_8)), UTF_8);
    } catch (GeneralSecurityException e) {
      throw new UnreadableSecretException(owner, e);
    }
  }

  /** What everything begins with that the newest key sealed. */
  public byte[] newestPrefix() {
    return prefix.clone();
  }
}
