package io.moraine.standalone.home;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The secrets of one run, made once and kept: each file appears whole, synced and with mode 0600,
 * or not at all. A secret that exists is never changed by us. For one process at a time.
 *
 * @param adminKey file with the API key of the first team's admin
 * @param serviceKey file with the API key that the services use among themselves
 * @param tokenKey PKCS#8 PEM file of the EC P-256 key that signs run tokens
 * @param gatewayKey file with what the S3 secrets of API keys are derived from
 * @param providerKey file with the keys that seal the secrets of storage providers: a number and
 *     base64 of 32 bytes a line, newest first
 */
public record Secrets(
    Path adminKey,
    Path serviceKey,
    Path tokenKey,
    Path gatewayKey,
    Path providerKey,
    String postgresPassword,
    String s3AccessKey,
    String s3SecretKey) {

  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final FileAttribute<?> OWNER_ONLY = mode("rw-------");
  private static final FileAttribute<?> OWNER_ONLY_DIRECTORY = mode("rwx------");

  /** Reads the secrets of {@code home}; makes those that are missing. */
  public static Secrets of(Home home) throws IOException {
    Durable.createDirectories(home.root());
    Path directory = home.secrets();
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory, OWNER_ONLY_DIRECTORY);
      Durable.sync(home.root());
    }
    return new Secrets(
        keep(home.adminKey(), Secrets::apiKey),
        keep(directory.resolve("service.key"), Secrets::apiKey),
        keep(directory.resolve("token-key.pem"), Secrets::signingKey),
        keep(directory.resolve("gateway.key"), () -> base62(43)),
        keep(directory.resolve("provider.key"), Secrets::sealingKey),
        read(keep(directory.resolve("postgres.password"), () -> base62(43))),
        read(keep(directory.resolve("s3-access.key"), () -> base62(20))),
        read(keep(directory.resolve("s3-secret.key"), () -> base62(43))));
  }

  private static Path keep(Path file, Supplier<String> secret) throws IOException {
    if (Files.exists(file)) {
      return file;
    }
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    try (FileChannel channel =
        FileChannel.open(unfinished, Set.of(CREATE_NEW, WRITE), OWNER_ONLY)) {
      ByteBuffer line = US_ASCII.encode(secret.get() + "\n");
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(true);
    }
    Durable.publish(unfinished, file);
    return file;
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, US_ASCII).strip();
  }

  /** {@code mk_{id}_{secret}}, as section 9 of the design has it. */
  private static String apiKey() {
    return "mk_" + base62(16) + "_" + base62(43);
  }

  private static String base62(int length) {
    return RANDOM
        .ints(length, 0, BASE62.length())
        .collect(
            StringBuilder::new,
            (text, index) -> text.append(BASE62.charAt(index)),
            StringBuilder::append)
        .toString();
  }

  private static String sealingKey() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return "1 " + Base64.getEncoder().encodeToString(key);
  }

  private static String signingKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      byte[] pkcs8 = generator.generateKeyPair().getPrivate().getEncoded();
      return "-----BEGIN PRIVATE KEY-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pkcs8)
          + "\n-----END PRIVATE KEY-----";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK cannot make EC P-256 keys.", e);
    }
  }

  private static FileAttribute<?> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }
}
