package io.moraine.dataset.key;

import io.moraine.kit.auth.ApiKey;
import io.moraine.kit.auth.KeyInfo;
import io.moraine.vocabulary.Sha256;
import java.security.MessageDigest;

/** A key that is valid, with what proves its secret. */
record StoredKey(KeyInfo info, Sha256 secretHash) {
  /** Compares in constant time, so that the answer's time says nothing about the hash. */
  boolean isProvedBy(ApiKey sent) {
    return MessageDigest.isEqual(secretHash.toBytes(), sent.secretHash().toBytes());
  }
}
