package io.moraine.dataset.content;

/** What a store's bucket says of an object that somebody put there past the service. */
public enum UploadTrust {
  /** It has the SHA-256 of its name: the bucket refuses other bytes. */
  CHECKED,
  /** It will not change any more, but has to be hashed. */
  KEPT,
  /** Nothing: whoever has its URL may put other bytes there. */
  NONE
}
