package io.kappa.worker.telemetry;

import io.kappa.worker.telemetry.Subscription.Destination;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Brings events to listeners in a sandbox. */
public interface TelemetryTransport extends AutoCloseable {

    /**
     * Delivers the events, each of which is a JSON object.
     *
     * @return fails where they have not been taken, or not surely
     */
    CompletionStage<Void> send(Destination destination, List<String> events);

    @Override
    void close();
}
