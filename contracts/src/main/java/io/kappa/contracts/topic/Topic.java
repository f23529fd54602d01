package io.kappa.contracts.topic;

import java.time.Duration;
import java.util.Map;

/** The topics that Kappa owns: key, partitions, retention and compaction of each. {@code docs/topics.md} is checked against this list. */
public enum Topic {
    REGISTRY_COMMANDS(
            "registry.commands", "account", 1, Kept.forTime(Duration.ofDays(7)), "Asked changes of configuration."),
    REGISTRY_REPLIES(
            "registry.replies", "command id", 1, Kept.forTime(Duration.ofHours(1)), "What became of each command."),
    REGISTRY_RECORDS(
            "registry.records",
            "ARN",
            1,
            Kept.latestOfKey(),
            "Functions and versions: the state that every service reads."),
    REGISTRY_CODE(
            "registry.code",
            "sha256/upload/chunk",
            1,
            Kept.latestOfKey(),
            "Deployment packages in chunks of at most 1 MiB."),
    WORKERS_STATUS(
            "workers.status", "worker", 1, Kept.latestOfKey(), "Address, capacity and runtimes of each worker node."),
    FUNCTIONS_LOGS(
            "functions.logs",
            "log stream",
            4,
            Kept.forTime(Duration.ofDays(7)),
            "Lines of functions, and of the platform about them.");

    private final String suffix;
    private final String key;
    private final int partitions;
    private final Kept kept;
    private final String says;

    Topic(String suffix, String key, int partitions, Kept kept, String says) {
        this.suffix = suffix;
        this.key = key;
        this.partitions = partitions;
        this.kept = kept;
        this.says = says;
    }

    /** How long records stay: the latest of each key for ever, or all of them for a time. */
    public record Kept(boolean compacted, Duration time) {
        static Kept latestOfKey() {
            return new Kept(true, Duration.ZERO);
        }

        static Kept forTime(Duration time) {
            return new Kept(false, time);
        }
    }

    /** The name on the cluster: {@code PREFIX.area.records}. */
    public String name(String prefix) {
        return prefix + "." + suffix;
    }

    public String suffix() {
        return suffix;
    }

    public String key() {
        return key;
    }

    public int partitions() {
        return partitions;
    }

    public Kept kept() {
        return kept;
    }

    public String says() {
        return says;
    }

    /** Kafka's topic configuration. Code chunks and replies fit a record because a chunk is bounded. */
    public Map<String, String> configuration() {
        return kept.compacted()
                ? Map.of("cleanup.policy", "compact", "max.message.bytes", "2097152")
                : Map.of(
                        "cleanup.policy",
                        "delete",
                        "retention.ms",
                        Long.toString(kept.time().toMillis()),
                        "max.message.bytes",
                        "2097152");
    }
}
