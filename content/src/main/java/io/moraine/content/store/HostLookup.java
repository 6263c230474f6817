package io.moraine.content.store;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * How the name of a host becomes the addresses that are connected to; may refuse. Called on the
 * caller's thread before every new connection. Thread-safe.
 */
@FunctionalInterface
public interface HostLookup {
  /** What the system says. */
  HostLookup SYSTEM = InetAddress::getAllByName;

  /** At least one address, the preferred one first. */
  InetAddress[] addresses(String host) throws UnknownHostException;
}
