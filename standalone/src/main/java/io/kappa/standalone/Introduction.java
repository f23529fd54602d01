package io.kappa.standalone;

import io.kappa.contracts.function.RuntimeFamily;
import io.kappa.contracts.worker.WorkerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the platform says once it is ready: where everything is, and what it can run. */
final class Introduction {
    private final Platform.Addresses addresses;
    private final Path data;

    Introduction(Platform.Addresses addresses, Path data) {
        this.addresses = addresses;
        this.data = data;
    }

    /** @param took from the start of the process */
    String text(Duration took) {
        return """

                Kappa is ready, after %s.

                  Lambda API   %s
                  Kafka        %s
                  management   %s/health/ready  /metrics
                  runtimes     %s
                  workers      %s
                  sandbox      %s
                  data         %s
                """.formatted(
                        String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0),
                        addresses.endpoint(),
                        addresses.kafka().bootstrapServers(),
                        addresses.management(),
                        runtimes(addresses.workers().getFirst()),
                        workers(addresses.workers()),
                        isolation(addresses.workers().getFirst()),
                        data);
    }

    /** From the oldest to the newest identifier of each language: all of them would be a paragraph. */
    private static String runtimes(WorkerStatus worker) {
        var ranges = new EnumMap<RuntimeFamily, List<String>>(RuntimeFamily.class);
        worker.runtimes().stream()
                .sorted()
                .forEach(runtime -> ranges.computeIfAbsent(runtime.family(), _ -> new ArrayList<>())
                        .add(runtime.wireName()));
        return ranges.isEmpty()
                ? "none found"
                : ranges.values().stream().map(Introduction::range).collect(Collectors.joining(", "));
    }

    private static String range(List<String> names) {
        return names.size() == 1 ? names.getFirst() : names.getFirst() + " to " + names.getLast();
    }

    private static String workers(List<WorkerStatus> workers) {
        return workers.size() + (workers.size() == 1 ? ", with " : ", each with ")
                + workers.getFirst().memoryMegabytes() + " MB for functions";
    }

    private static String isolation(WorkerStatus worker) {
        return switch (worker.sandbox()) {
            case "process" -> "process: each function a plain process, which isolates nothing";
            default -> worker.sandbox() + ": each function in a container of its own";
        };
    }
}
