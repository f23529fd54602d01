package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which events of the queue are meant. What is not given selects all. */
final class EventFilter {
    @Option(
            names = "--function",
            paramLabel = "FUNCTION",
            description = "ARN or name, with a qualifier only if it was invoked with one.")
    private @Nullable String function;

    @Option(names = "--error-type", paramLabel = "TYPE", description = "Of the last failure.")
    private @Nullable String errorType;

    @Option(names = "--min-runs", paramLabel = "N", description = "Those that have run so often at least.")
    private @Nullable Integer leastRuns;

    @Option(
            names = "--before",
            paramLabel = "TIME",
            description = "Those that were accepted before it, such as 2026-01-31T12:00:00Z.")
    private @Nullable Instant acceptedBefore;

    boolean namesFunction() {
        return function != null;
    }

    /** As the API has it, both in a query and in a body. */
    ObjectNode members(OperatorOptions options) {
        var members = ManagementClient.JSON.createObjectNode();
        if (function != null) {
            members.put("function", options.target(function).toString());
        }
        if (errorType != null) {
            members.put("errorType", errorType);
        }
        if (leastRuns != null) {
            members.put("leastRuns", leastRuns);
        }
        if (acceptedBefore != null) {
            members.put("acceptedBefore", acceptedBefore.toString());
        }
        return members;
    }
}
