package io.moraine.dataset.net;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Looks hosts up and refuses those that are not on the public Internet: private networks, this
 * machine, its link (cloud metadata among them), multicast, and whatever wraps such an IPv4 address
 * in an IPv6 one. One special address among several refuses the host: nobody needs both.
 *
 * <p>Thread-safe. Blocks for as long as the system's resolver does. Rule: IANA's special-purpose
 * address registries.
 */
@ApplicationScoped
public class PublicAddresses {
  /** How a name becomes addresses. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /** The addresses of one length that begin with the same bits. */
  private record Network(int addressBits, int prefixBits, BigInteger prefix) {
    static Network of(String text) {
      String[] parts = text.split("/");
      byte[] address = literal(parts[0]).getAddress();
      int bits = address.length * Byte.SIZE;
      int prefixBits = Integer.parseInt(parts[1]);
      return new Network(
          bits, prefixBits, new BigInteger(1, address).shiftRight(bits - prefixBits));
    }

    private static InetAddress literal(String text) {
      try {
        return InetAddress.getByName(text);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(text + " is no address.", e);
      }
    }

    boolean has(byte[] address) {
      return address.length * Byte.SIZE == addressBits
          && new BigInteger(1, address).shiftRight(addressBits - prefixBits).equals(prefix);
    }
  }

  private static final List<Network> SPECIAL =
      networks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3",
          // Protocol assignments (Teredo, ORCHID), documentation, 6to4.
          "2001::/23",
          "2001:db8::/32",
          "2002::/16",
          "3fff::/20");

  /** All of IPv6 that is given to hosts at all. */
  private static final Network GLOBAL_IPV6 = Network.of("2000::/3");

  /** Where the IPv4 Internet lies for networks that have IPv6 alone. */
  private static final Network NAT64 = Network.of("64:ff9b::/96");

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;

  private final boolean allowPrivate;
  private final Resolver resolver;

  /**
   * @param allowPrivate whether everything is taken
   */
  @Inject
  public PublicAddresses(
      @ConfigProperty(name = "MORAINE_ALLOW_PRIVATE_ADDRESSES", defaultValue = "false")
          boolean allowPrivate) {
    this(allowPrivate, InetAddress::getAllByName);
  }

  PublicAddresses(boolean allowPrivate, Resolver resolver) {
    this.allowPrivate = allowPrivate;
    this.resolver = resolver;
  }

  /**
   * The address to connect to for {@code host}, a name or a literal. Fails with a {@link
   * PrivateAddressException} when that is none to connect to.
   */
  public InetAddress requirePublic(String host) throws UnknownHostException {
    return allPublic(host)[0];
  }

  /** As {@link #requirePublic}, every address of the host. */
  public InetAddress[] allPublic(String host) throws UnknownHostException {
    InetAddress[] addresses = resolver.resolve(host);
    if (!allowPrivate && !Stream.of(addresses).allMatch(PublicAddresses::isPublic)) {
      throw new PrivateAddressException(host);
    }
    return addresses;
  }

  private static boolean isPublic(InetAddress address) {
    return isPublic(address.getAddress());
  }

  private static boolean isPublic(byte[] address) {
    if (NAT64.has(address)) {
      return isPublic(Arrays.copyOfRange(address, IPV6_BYTES - IPV4_BYTES, IPV6_BYTES));
    }
    return (address.length == IPV4_BYTES || GLOBAL_IPV6.has(address))
        && SPECIAL.stream().noneMatch(network -> network.has(address));
  }

  private static List<Network> networks(String... all) {
    return Stream.of(all).map(Network::of).toList();
  }
}
