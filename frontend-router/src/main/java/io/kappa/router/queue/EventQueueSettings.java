package io.kappa.router.queue;

import io.kappa.kit.settings.Settings;
import java.time.Duration;

/**
 * How a router hands events to Kafka.
 *
 * @param bufferMegabytes memory that events may take while Kafka has not acknowledged them; past it, events are refused
 * @param timeout how long Kafka may take to acknowledge an event
 */
public record EventQueueSettings(int bufferMegabytes, Duration timeout) {

    public static EventQueueSettings from(Settings settings) {
        return new EventQueueSettings(
                settings.integer("router.queue.buffer-megabytes", 32, 2, 2047),
                settings.duration("router.queue.timeout", Duration.ofSeconds(10)));
    }
}
