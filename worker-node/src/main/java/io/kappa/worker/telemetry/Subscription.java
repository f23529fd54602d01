package io.kappa.worker.telemetry;

import java.time.Duration;
import java.util.Set;

/**
 * What one extension wants to hear, and where.
 *
 * @param buffering how much is put together before it is delivered
 */
public record Subscription(
        TelemetrySchema schema, Set<TelemetryType> types, Buffering buffering, Destination destination) {

    /**
     * @param maximumItems delivered as soon as there are so many
     * @param maximumBytes or so many bytes of them
     * @param timeout or so much time has passed since the first
     */
    record Buffering(int maximumItems, int maximumBytes, Duration timeout) {}

    /** Where in the sandbox somebody listens. */
    public sealed interface Destination {
        int port();

        /** @param path with its query, from the slash on */
        record Http(int port, String path) implements Destination {}

        record Tcp(int port) implements Destination {}
    }
}
