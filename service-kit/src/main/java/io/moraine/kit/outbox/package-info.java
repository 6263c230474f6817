/**
 * How events leave a service: a state change appends its event in its own transaction ({@link
 * io.moraine.kit.outbox.Outbox}), and one relay per service carries it to Kafka afterwards, at
 * least once and in order per key. Topics are made at start.
 */
package io.moraine.kit.outbox;
