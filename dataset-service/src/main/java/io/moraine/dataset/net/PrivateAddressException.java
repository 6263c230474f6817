package io.moraine.dataset.net;

import java.net.UnknownHostException;

/**
 * A host is no place that this service speaks to. For whoever connects it is as good as unknown.
 */
public final class PrivateAddressException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  PrivateAddressException(String host) {
    super(
        "%s is, or leads to, a private, loopback or otherwise special address, which this installation does not connect to. Name a public host, or have the operator set MORAINE_ALLOW_PRIVATE_ADDRESSES=true."
            .formatted(host));
  }
}
