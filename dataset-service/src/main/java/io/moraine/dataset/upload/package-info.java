/**
 * Contents on their way straight to the bucket and back: which are missing, where to put objects,
 * what they turned out to hold, where to get contents (ADR 0008). No call keeps anything between
 * two others: each says all it needs, so a client that was killed asks again and goes on.
 *
 * <p>Nothing is believed. A signed URL stores the bytes whose SHA-256 it names or none; an object
 * is looked at, and every content of a pack hashed, before a row says that the store has it.
 */
package io.moraine.dataset.upload;
