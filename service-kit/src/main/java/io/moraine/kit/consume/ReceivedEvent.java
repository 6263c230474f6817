package io.moraine.kit.consume;

import io.moraine.events.Event;
import io.moraine.events.EventHeaders;
import java.time.Instant;

/**
 * An event as it was received.
 *
 * @param brokerTime when the broker took it: unlike {@code ce_time} nothing a producer says
 */
public record ReceivedEvent(Event event, EventHeaders headers, Instant brokerTime) {}
