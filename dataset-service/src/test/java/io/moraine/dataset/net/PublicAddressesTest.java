package io.moraine.dataset.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressesTest {
  private final PublicAddresses closed = new PublicAddresses(false);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "localhost"
      })
  void whatIsNotOnTheInternetIsRefused(String host) {
    assertThatExceptionOfType(PrivateAddressException.class)
        .isThrownBy(() -> closed.requirePublic(host))
        .withMessageContaining(host)
        .withMessageContaining("MORAINE_ALLOW_PRIVATE_ADDRESSES");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "100.128.0.0",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a01:4f8::1",
        "64:ff9b::101:101",
        "::ffff:1.1.1.1"
      })
  void whatIsOnTheInternetIsTaken(String host) throws UnknownHostException {
    assertThat(closed.requirePublic(host)).isEqualTo(InetAddress.getByName(host));
  }

  /** Forms of one address that some resolvers understand, and some checks of texts do not. */
  @ParameterizedTest
  @ValueSource(strings = {"2130706433", "127.1", "0x7f000001"})
  void oddSpellingsOfLoopbackAreNoWayRound(String host) {
    assertThatExceptionOfType(UnknownHostException.class)
        .isThrownBy(() -> closed.requirePublic(host));
  }

  @Test
  void oneSpecialAddressAmongSeveralRefusesTheHost() {
    PublicAddresses mixed = new PublicAddresses(false, host -> addresses("1.1.1.1", "10.0.0.1"));

    assertThatExceptionOfType(PrivateAddressException.class)
        .isThrownBy(() -> mixed.requirePublic("rebinding.example"));
  }

  @Test
  void anInstallationMayAllowThem() throws UnknownHostException {
    assertThat(new PublicAddresses(true).requirePublic("127.0.0.1").isLoopbackAddress()).isTrue();
  }

  private static InetAddress[] addresses(String... literals) {
    return Stream.of(literals).map(PublicAddressesTest::address).toArray(InetAddress[]::new);
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }
}
