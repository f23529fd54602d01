package io.kappa.worker.environment;

import io.kappa.worker.extension.ExtensionCalls;
import io.kappa.worker.telemetry.Subscription.Destination;
import io.kappa.worker.telemetry.TelemetryTransport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What an environment has to know of the extensions of its function.
 *
 * @param external those that are processes of their own
 * @param environment variables of those
 * @param function as extensions are told of it
 */
record Extensions(
        List<External> external,
        Map<String, String> environment,
        ExtensionCalls.Function function,
        TelemetryTransport transport) {

    /** None but those that the runtime process may bring. */
    static final Extensions NONE =
            new Extensions(List.of(), Map.of(), new ExtensionCalls.Function("", "", "", ""), new Nowhere());

    /**
     * @param name of its file
     * @param path as the sandbox's processes see it
     */
    record External(String name, String path) {}

    private record Nowhere() implements TelemetryTransport {
        @Override
        public CompletionStage<Void> send(Destination destination, List<String> events) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }
}
