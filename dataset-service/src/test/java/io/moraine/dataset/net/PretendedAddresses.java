package io.moraine.dataset.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Addresses as a user's names meet them, private ones refused, but for one name: that is taken for
 * public, wherever it leads, as often as it is said. From then on it is as it is.
 */
public final class PretendedAddresses extends PublicAddresses {
  /** A name that no other resolver knows. */
  public static final String HOST = "public.test";

  private final InetAddress place;
  private int left;

  /** What was looked up, in order. */
  public final List<String> lookUps = new CopyOnWriteArrayList<>();

  public PretendedAddresses(InetAddress place, int times) {
    super(
        false,
        host -> host.equals(HOST) ? new InetAddress[] {place} : InetAddress.getAllByName(host));
    this.place = place;
    this.left = times;
  }

  @Override
  public synchronized InetAddress[] allPublic(String host) throws UnknownHostException {
    lookUps.add(host);
    if (host.equals(HOST) && left > 0) {
      left--;
      return new InetAddress[] {place};
    }
    return super.allPublic(host);
  }
}
