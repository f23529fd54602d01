package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.InstantSource;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How event source mappings stand, and what to do about one that stands still. */
@Command(
        name = "mappings",
        description = "Shows event source mappings, pauses and resumes them, and passes over records.")
final class MappingCommands {
    private static final String ROOT = "/v1/event-source-mappings";
    private static final String CONFIGURATION = "/2015-03-31/event-source-mappings";
    private static final Pattern WHOLE_UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Beyond it, the API wants to be told that it is meant. */
    private static final long MOST_UNCONFIRMED = 1_000_000;

    private final InstantSource clock;

    MappingCommands(InstantSource clock) {
        this.clock = clock;
    }

    @Command(name = "list", description = "Shows each mapping, and how many of its shards are in trouble.")
    int list(@Mixin OperatorOptions options) {
        return options.show(options.api().get(ROOT), tables(options)::mappings);
    }

    @Command(name = "show", description = "Shows one mapping with its shards, and where and why they stand still.")
    int show(
            @Parameters(paramLabel = "UUID", description = "Names the mapping; its beginning is enough.") String uuid,
            @Mixin OperatorOptions options) {
        var path = ManagementClient.path(ROOT, whole(uuid, options));
        return options.show(options.api().get(path), tables(options)::mapping);
    }

    @Command(name = "pause", description = "Reads no more of a mapping. It goes on later where it stood.")
    int pause(
            @Parameters(paramLabel = "UUID", description = "Names the mapping; its beginning is enough.") String uuid,
            @Mixin EndpointOption endpoint,
            @Mixin OperatorOptions options) {
        return enable(false, uuid, endpoint, options);
    }

    @Command(name = "resume", description = "Reads a mapping again.")
    int resume(
            @Parameters(paramLabel = "UUID", description = "Names the mapping; its beginning is enough.") String uuid,
            @Mixin EndpointOption endpoint,
            @Mixin OperatorOptions options) {
        return enable(true, uuid, endpoint, options);
    }

    private int enable(boolean enabled, String uuid, EndpointOption endpoint, OperatorOptions options) {
        var path = ManagementClient.path(CONFIGURATION, whole(uuid, options));
        var change = ManagementClient.JSON.createObjectNode().put("Enabled", enabled);
        return options.show(endpoint.api(options).put(path, change), MappingTables::changed);
    }

    @Command(name = "skip", description = "Passes over records that hold up a shard. They become dead letters.")
    int skip(
            @Parameters(paramLabel = "UUID", description = "Names the mapping; its beginning is enough.") String uuid,
            @Option(names = "--topic", paramLabel = "TOPIC", description = "Needed where the mapping reads several.")
                    @Nullable
                    String topic,
            @Option(names = "--partition", paramLabel = "N", required = true, description = "Of the topic.")
                    int partition,
            @Option(names = "--offset", paramLabel = "X", required = true, description = "Of the first record.")
                    long offset,
            @Option(
                            names = "--to",
                            paramLabel = "Y",
                            description = "Offset after the last record. Default: the one record alone.")
                    @Nullable
                    Long to,
            @Option(names = "--drop", description = "Keeps no dead letters of them.") boolean drop,
            @Option(names = "--reason", paramLabel = "TEXT", description = "Recorded with the command.") @Nullable
                    String reason,
            @Option(names = "--yes", description = "Really does it. Needed for more than 1,000,000 records alone.")
                    boolean yes,
            @Mixin OperatorOptions options) {
        long end = to == null ? offset + 1 : to;
        if (end <= offset) {
            throw options.wrong("--to is the offset after the last record, so it is above --offset");
        }
        boolean many = end - offset > MOST_UNCONFIRMED;
        if (many && !yes) {
            return options.unconfirmed("pass over " + (end - offset) + " records of partition " + partition
                    + (drop ? " and drop them" : ""));
        }
        var asked = options.request()
                .put("partition", partition)
                .put("from", offset)
                .put("action", drop ? "DROP" : "PARK");
        if (topic != null) {
            asked.put("topic", topic);
        }
        if (to != null) {
            asked.put("to", to);
        }
        if (reason != null) {
            asked.put("reason", reason);
        }
        if (many) {
            asked.put("confirm", true);
        }
        var path = ManagementClient.path(ROOT, whole(uuid, options), "skip");
        return options.show(options.api().post(path, asked), MappingTables::skipped);
    }

    /** The UUID that is meant by its beginning. */
    private static String whole(String text, OperatorOptions options) {
        var beginning = text.toLowerCase(Locale.ROOT);
        if (WHOLE_UUID.matcher(beginning).matches()) {
            return beginning;
        }
        var meant = StreamSupport.stream(
                        options.api().get(ROOT).path("mappings").spliterator(), false)
                .map((JsonNode mapping) -> mapping.path("uuid").asText())
                .filter(uuid -> uuid.startsWith(beginning))
                .toList();
        return switch (meant.size()) {
            case 0 -> throw new ManagementException("no event source mapping begins with " + text);
            case 1 -> meant.getFirst();
            default ->
                throw new ManagementException(
                        meant.size() + " event source mappings begin with " + text + ": " + String.join(", ", meant));
        };
    }

    private MappingTables tables(OperatorOptions options) {
        return new MappingTables(options.functions(), clock.instant());
    }
}
