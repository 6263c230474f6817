/**
 * The S3 gateway: datasets as buckets for any S3 client, on a port of its own. A bucket is a
 * dataset, a key {@code {version, tag or latest}/{path}}.
 *
 * <p>A request is proved first, before any byte of its body is read ({@link
 * io.moraine.dataset.s3.SignatureCheck}); what its body is to be is proved while it streams ({@link
 * io.moraine.dataset.s3.ProvedBody}). Then S3Proxy, the protocol library, is given it as if it had
 * never been signed, with the store of the key's team ({@link
 * io.moraine.dataset.s3.TeamBlobStore}). There are no rules here: what may be done and what it
 * means is what the features {@code file}, {@code multipart}, {@code version}, {@code ref} and
 * {@code dataset} say. ADR 0012 says why the library does not check signatures itself.
 */
package io.moraine.dataset.s3;
