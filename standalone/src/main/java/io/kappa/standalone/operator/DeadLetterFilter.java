package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters are meant. What is not given selects all. */
final class DeadLetterFilter {
    @Option(names = "--function", paramLabel = "FUNCTION", description = "ARN or name, without a qualifier.")
    private @Nullable String function;

    @Option(names = "--cause", paramLabel = "CAUSE", description = "Why it was given up, such as RETRIES_EXHAUSTED.")
    private @Nullable String cause;

    @Option(names = "--origin", paramLabel = "ORIGIN", description = "What gave it up: async-queue or event-source.")
    private @Nullable String origin;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "Where it stands: open, redriving, resolved or failed-again.")
    private @Nullable String status;

    @Option(names = "--error-type", paramLabel = "TYPE", description = "Of the last failure.")
    private @Nullable String errorType;

    @Option(names = "--text", paramLabel = "TEXT", description = "That stands in the last failure's type or message.")
    private @Nullable String text;

    @Option(
            names = "--after",
            paramLabel = "TIME",
            description = "Those that failed then or later, such as 2026-01-31T12:00:00Z.")
    private @Nullable Instant after;

    @Option(names = "--before", paramLabel = "TIME", description = "Those that failed before it.")
    private @Nullable Instant before;

    /** As the API has it, both in a query and in a body. */
    ObjectNode members(OperatorOptions options) {
        var members = ManagementClient.JSON.createObjectNode();
        put(members, "function", function == null ? null : function(function, options));
        put(members, "cause", cause);
        put(members, "origin", word(origin));
        put(members, "status", word(status));
        put(members, "errorType", errorType);
        put(members, "text", text);
        put(members, "after", after);
        put(members, "before", before);
        return members;
    }

    /** A name stays one: the API finds out whose it is, and knows dead letters of functions that it cannot name. */
    static String function(String given, OperatorOptions options) {
        var target = options.target(given);
        if (target.qualifier() != null) {
            throw options.wrong(
                    "dead letters are found by function: leave out the qualifier '" + target.qualifier() + "'");
        }
        return given;
    }

    private static @Nullable String word(@Nullable String given) {
        return given == null ? null : given.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static void put(ObjectNode members, String name, @Nullable Object value) {
        if (value != null) {
            members.put(name, value.toString());
        }
    }
}
