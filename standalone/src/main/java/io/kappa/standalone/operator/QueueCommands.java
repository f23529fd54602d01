package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What waits in the async queue, and what to do about it. */
@Command(
        name = "queue",
        description = "Shows the events that wait to be run, and holds, releases, hurries or cancels them.")
final class QueueCommands {
    private static final String ROOT = "/v1/async-queue";
    private static final String EVENTS = ROOT + "/events";

    private final PrintStream payloads;
    private final InstantSource clock;

    QueueCommands(PrintStream payloads, InstantSource clock) {
        this.payloads = payloads;
        this.clock = clock;
    }

    @Command(name = "list", description = "Shows each function's queue.")
    int list(@Mixin OperatorOptions options) {
        return options.show(options.api().get(ROOT + "/queues"), tables(options)::queues);
    }

    @Command(name = "summary", description = "Shows the whole queue in a few figures.")
    int summary(@Mixin OperatorOptions options) {
        return options.show(options.api().get(ROOT + "/summary"), tables(options)::summary);
    }

    @Command(name = "events", description = "Shows events that wait or run.")
    int events(@Mixin EventFilter filter, @Mixin PagingOptions paging, @Mixin OperatorOptions options) {
        var query = ManagementClient.query(filter.members(options));
        return options.show(paging.pages(options).read(EVENTS, query, "events"), tables(options)::events);
    }

    @Command(name = "show", description = "Shows one event.")
    int show(
            @Parameters(paramLabel = "REQUEST_ID", description = "Names the event.") String requestId,
            @Option(
                            names = "--function",
                            paramLabel = "FUNCTION",
                            description = "ARN or name as it was invoked; with it, a long queue need not be searched.")
                    @Nullable
                    String function,
            @Option(names = "--payload", description = "Prints what the function is given instead, as it is.")
                    boolean payload,
            @Mixin OperatorOptions options) {
        Map<String, String> query = function == null
                ? Map.of()
                : Map.of("function", options.target(function).toString());
        var path = ManagementClient.path(EVENTS, requestId);
        return payload
                ? options.showBytes(options.api().bytes(path + "/payload", query), payloads)
                : options.show(options.api().get(path, query), tables(options)::event);
    }

    @Command(name = "cancel", description = "Ends events without running them.")
    int cancel(
            @Parameters(paramLabel = "REQUEST_ID", arity = "0..1", description = "Names one event.") @Nullable
                    String requestId,
            @Mixin EventFilter filter,
            @Option(names = "--yes", description = "Really does it. Not needed for one event.") boolean yes,
            @Mixin OperatorOptions options) {
        var selection = selection(requestId, filter, options);
        if (requestId == null && !yes) {
            return options.unconfirmed(
                    "cancel every event that waits, of " + Cells.filter(selection, options.functions()));
        }
        if (requestId == null) {
            selection.put("confirm", true);
        }
        return act("CANCEL", selection, options);
    }

    @Command(name = "run-now", description = "Makes events due that wait for their next attempt.")
    int runNow(
            @Parameters(paramLabel = "REQUEST_ID", arity = "0..1", description = "Names one event.") @Nullable
                    String requestId,
            @Mixin EventFilter filter,
            @Mixin OperatorOptions options) {
        return act("RUN_NOW", selection(requestId, filter, options), options);
    }

    @Command(name = "hold", description = "Starts nothing more of a function. Its events grow older meanwhile.")
    int hold(
            @Parameters(paramLabel = "FUNCTION", description = "ARN or name, as it is invoked.") String function,
            @Mixin OperatorOptions options) {
        return act("HOLD", whole(function, options), options);
    }

    @Command(name = "release", description = "Ends holding a function.")
    int release(
            @Parameters(paramLabel = "FUNCTION", description = "ARN or name, as it is invoked.") String function,
            @Mixin OperatorOptions options) {
        return act("RELEASE", whole(function, options), options);
    }

    @Command(name = "purge", description = "Cancels everything that a function has waiting.")
    int purge(
            @Parameters(paramLabel = "FUNCTION", description = "ARN or name, as it is invoked.") String function,
            @Option(names = "--yes", description = "Really does it.") boolean yes,
            @Mixin OperatorOptions options) {
        var whole = whole(function, options);
        return yes
                ? act("PURGE", whole.put("confirm", true), options)
                : options.unconfirmed("cancel every event that waits, of " + Cells.filter(whole, options.functions()));
    }

    @Command(name = "actions", description = "Shows what operators have done lately.")
    int actions(@Mixin OperatorOptions options) {
        return options.show(options.api().get(ROOT + "/actions"), tables(options)::actions);
    }

    /** Never everything by mistake: one event or one function. */
    private static ObjectNode selection(@Nullable String requestId, EventFilter filter, OperatorOptions options) {
        if (requestId == null && !filter.namesFunction()) {
            throw options.wrong("name a REQUEST_ID or a --function");
        }
        var selection = filter.members(options);
        return requestId == null ? selection : selection.put("requestId", requestId);
    }

    private static ObjectNode whole(String function, OperatorOptions options) {
        return ManagementClient.JSON
                .createObjectNode()
                .put("function", options.target(function).toString());
    }

    private int act(String kind, ObjectNode selection, OperatorOptions options) {
        var asked = options.request().put("kind", kind);
        asked.setAll(selection);
        return options.show(options.api().post(ROOT + "/actions", asked), tables(options)::done);
    }

    private QueueTables tables(OperatorOptions options) {
        return new QueueTables(options.functions(), clock.instant());
    }
}
