package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.InstantSource;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which worker nodes there are, and what they have. */
@Command(name = "workers", description = "Shows worker nodes and their execution environments, as a router knows them.")
final class WorkerCommands {
    private static final String ROOT = "/v1/workers";

    private final InstantSource clock;

    WorkerCommands(InstantSource clock) {
        this.clock = clock;
    }

    @Command(name = "list", description = "Shows each worker, how full it is, and whether it takes work.")
    int list(@Mixin OperatorOptions options) {
        return options.show(options.api().get(ROOT), tables(options)::workers);
    }

    @Command(name = "show", description = "Shows one worker with its environments, version by version.")
    int show(
            @Parameters(paramLabel = "NAME", description = "Names the worker; its beginning is enough.") String name,
            @Mixin OperatorOptions options) {
        return options.show(worker(name, options), tables(options)::worker);
    }

    private static JsonNode worker(String beginning, OperatorOptions options) {
        var meant = StreamSupport.stream(options.api().get(ROOT).path("workers").spliterator(), false)
                .filter(worker -> name(worker).startsWith(beginning))
                .toList();
        return switch (meant.size()) {
            case 0 -> throw new ManagementException("the router knows no worker whose name begins with " + beginning);
            case 1 -> meant.getFirst();
            default ->
                meant.stream()
                        .filter(worker -> name(worker).equals(beginning))
                        .findFirst()
                        .orElseThrow(() -> new ManagementException(meant.size() + " workers begin with " + beginning
                                + ": "
                                + meant.stream().map(WorkerCommands::name).collect(Collectors.joining(", "))));
        };
    }

    private static String name(JsonNode worker) {
        return worker.path("name").asText();
    }

    private WorkerTables tables(OperatorOptions options) {
        return new WorkerTables(options.functions(), clock.instant());
    }
}
