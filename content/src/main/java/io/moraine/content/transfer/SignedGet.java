package io.moraine.content.transfer;

import java.net.URI;
import java.util.Map;

/**
 * Where to GET an object.
 *
 * @param headers to be sent with it
 */
record SignedGet(URI url, Map<String, String> headers) {
  SignedGet {
    headers = Map.copyOf(headers);
  }
}
