package io.moraine.content.transfer;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Where to PUT an object; without a URL the bucket has it already. */
record SignedPut(Optional<URI> url, Map<String, String> headers) {
  SignedPut {
    headers = Map.copyOf(headers);
  }
}
