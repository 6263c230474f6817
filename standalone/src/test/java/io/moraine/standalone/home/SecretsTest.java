package io.moraine.standalone.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
  private static final String KEY = "mk_[0-9A-Za-z]{16}_[0-9A-Za-z]{43}\n";

  @TempDir Path directory;

  @Test
  void areMadeOnceForTheirOwnerOnly() throws Exception {
    Home home = new Home(directory.resolve("home"));

    Secrets secrets = Secrets.of(home);

    for (Path file :
        List.of(
            secrets.adminKey(),
            secrets.serviceKey(),
            secrets.tokenKey(),
            secrets.gatewayKey(),
            secrets.providerKey())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.secrets())))
        .isEqualTo("rwx------");
    assertThat(Files.readString(secrets.adminKey())).matches(KEY);
    assertThat(Files.readString(secrets.serviceKey()))
        .matches(KEY)
        .isNotEqualTo(Files.readString(secrets.adminKey()));
    assertThat(Files.readString(secrets.providerKey())).matches("1 [A-Za-z0-9+/]{43}=\n");
    String admin = Files.readString(secrets.adminKey());
    assertThat(Secrets.of(home)).isEqualTo(secrets);
    assertThat(Files.readString(secrets.adminKey())).isEqualTo(admin);
  }

  @Test
  void aHalfWrittenSecretIsMadeAnew() throws Exception {
    Home home = new Home(directory.resolve("home"));
    Files.createDirectories(home.root());
    Files.writeString(home.root().resolve("admin.key.new"), "mk_ha");

    assertThat(Files.readString(Secrets.of(home).adminKey())).matches(KEY);
    assertThat(home.root().resolve("admin.key.new")).doesNotExist();
  }

  @Test
  void theTokenKeyIsAP256Key() throws Exception {
    String pem = Files.readString(Secrets.of(new Home(directory)).tokenKey());
    byte[] pkcs8 = Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""));

    ECPrivateKey key =
        (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));

    assertThat(key.getParams().getOrder().bitLength()).isEqualTo(256);
  }
}
