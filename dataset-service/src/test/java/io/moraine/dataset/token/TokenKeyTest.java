package io.moraine.dataset.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenKeyTest {
  @RepeatedTest(20)
  void thePublicKeyIsFoundFromThePrivateOne() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();

    ECPublicKey found = TokenKey.publicKeyOf((ECPrivateKey) pair.getPrivate());

    assertThat(found.getW()).isEqualTo(((ECPublicKey) pair.getPublic()).getW());
  }

  @Test
  void whatIsNoKeyIsRefusedWithTheWayToMakeOne(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("token-key.pem"), "nonsense");

    assertThatThrownBy(() -> new TokenKey(file))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("openssl genpkey");
  }
}
