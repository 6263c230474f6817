/**
 * What services tell one another through Kafka: one record per event, one sealed interface per
 * topic, CloudEvents 1.0 headers around them (binary content mode), and one JSON Schema per type
 * that every event on the wire is checked against, on the way out and on the way in. The rules are
 * the design's section 6 and 12.
 */
package io.moraine.events;
