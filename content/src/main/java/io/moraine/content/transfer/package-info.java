/**
 * Many files on their way to and from a bucket, past the service (ADR 0008).
 *
 * <p>{@link io.moraine.content.transfer.Push} reads files once, puts what the store lacks into
 * packs and pieces, sends them by signed URLs while it hashes on, and stages the entries that
 * differ from a base. {@link io.moraine.content.transfer.Fetch} brings contents back by few, long
 * ranges and checks every one. {@link io.moraine.content.transfer.VersionCalls} are the calls of
 * both to dataset-service; {@link io.moraine.content.transfer.Transport} repeats what may pass, not
 * for ever. Neither keeps a session: what was killed is started again and does the rest. {@link
 * io.moraine.content.transfer.TransferMeter} counts.
 */
package io.moraine.content.transfer;
