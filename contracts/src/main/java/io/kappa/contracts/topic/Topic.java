package io.kappa.contracts.topic;

import java.time.Duration;
import java.util.HashMap;
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
            "Functions, versions, aliases and what is set for them, and layers: the state that every service reads."),
    REGISTRY_CODE(
            "registry.code",
            "sha256/upload/chunk",
            1,
            Kept.latestOfKey(),
            "Deployment packages and layers in chunks of at most 1 MiB."),
    WORKERS_STATUS(
            "workers.status",
            "worker",
            1,
            Kept.latestOfKey(),
            "Address, capacity, runtimes and environments of each worker node."),
    ADMISSION_REQUESTS(
            "admission.requests",
            "account",
            1,
            Kept.forTime(Duration.ofHours(1)),
            "What each router holds of an account's concurrency, and what it has use for."),
    ADMISSION_GRANTS(
            "admission.grants",
            "router/incarnation",
            1,
            Kept.latestOfKeyInSmallSegments(),
            "What each router was granted last."),
    INVOCATIONS_QUEUED(
            "invocations.queued",
            "request id",
            4,
            Kept.forTime(Duration.ofDays(2)),
            "Accepted events, each with its payload."),
    INVOCATIONS_FORWARDED(
            "invocations.forwarded",
            "request id",
            4,
            Kept.forTime(Duration.ofDays(2)),
            "Events that the platform itself sends on: to destinations that are functions, and by redrives."),
    INVOCATIONS_COMMANDS(
            "invocations.commands",
            "action",
            4,
            Kept.forTime(Duration.ofDays(7)),
            "What operators did with the queue."),
    INVOCATIONS_OUTCOMES(
            "invocations.outcomes",
            "request id",
            4,
            Kept.forTime(Duration.ofDays(2)),
            "What each attempt and each delivery came to."),
    INVOCATIONS_ENDED(
            "invocations.ended",
            "request id",
            4,
            Kept.forTime(Duration.ofDays(7)),
            "The ledger: how every accepted event ended."),
    DEAD_LETTERS_RECORDS(
            "dead-letters.records",
            "function",
            1,
            Kept.forTime(Duration.ofDays(14)),
            "What failed for good, each with its payload."),
    DEAD_LETTERS_COMMANDS(
            "dead-letters.commands",
            "redrive or action",
            1,
            Kept.forTime(Duration.ofDays(14)),
            "Redrives and deletions that were asked for, and how redriven events ended."),
    DEAD_LETTERS_LEDGER(
            "dead-letters.ledger",
            "dead letter",
            1,
            Kept.forTime(Duration.ofDays(35)),
            "What became of each dead letter: redriven, deleted, expired."),
    MAPPINGS_REPORTS(
            "mappings.reports",
            "account",
            1,
            Kept.forTime(Duration.ofDays(7)),
            "What mappers have done with event source mappings, and how their batches went."),
    MAPPINGS_CHECKPOINTS(
            "mappings.checkpoints",
            "mapping/topic/partition/term",
            1,
            Kept.latestOfKey(),
            "Where each shard of an event source mapping stood, with the state of its window."),
    MAPPINGS_COMMANDS(
            "mappings.commands",
            "mapping",
            1,
            Kept.forTime(Duration.ofDays(35)),
            "Records of sources that operators had passed over."),
    PROVISIONED_REPORTS(
            "provisioned.reports",
            "account",
            1,
            Kept.forTime(Duration.ofHours(1)),
            "How much of provisioned concurrency each router has used, minute by minute."),
    SNAPSHOTS_REPORTS(
            "snapshots.reports",
            "account",
            1,
            Kept.forTime(Duration.ofDays(7)),
            "What came of taking snapshots of versions with SnapStart."),
    FUNCTIONS_LOGS(
            "functions.logs",
            "log stream",
            4,
            Kept.forTime(Duration.ofDays(7)),
            "Lines of functions, and of the platform about them."),
    FUNCTIONS_LOG_STREAMS(
            "functions.log-streams",
            "log stream",
            1,
            Kept.latestOfKeyForTime(Duration.ofDays(7)),
            "Where the lines of each log stream lie in `functions.logs`, and of when they are."),
    FUNCTIONS_METERING(
            "functions.metering",
            "function",
            4,
            Kept.forTime(Duration.ofDays(35)),
            "What each invocation has used, in batches."),
    FUNCTIONS_USAGE(
            "functions.usage",
            "day/function",
            4,
            Kept.latestOfKey(),
            "What each function has used on each day, added up.");

    /** In bytes. */
    private static final String LONGEST_RECORD = Integer.toString(4 * 1024 * 1024);

    /** In bytes. What is compacted is never the segment that is being written. */
    private static final String SMALL_SEGMENT = Integer.toString(8 * 1024 * 1024);

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

    /**
     * How long records stay: the latest of each key for ever, all of them for a time, or the latest of each key for a time.
     *
     * @param time zero for ever
     * @param quickly whether a compacted topic is compacted so often that reading it takes no longer than a second, however often each key is
     *     written
     */
    public record Kept(boolean compacted, Duration time, boolean quickly) {
        static Kept latestOfKey() {
            return new Kept(true, Duration.ZERO, false);
        }

        static Kept latestOfKeyInSmallSegments() {
            return new Kept(true, Duration.ZERO, true);
        }

        static Kept latestOfKeyForTime(Duration time) {
            return new Kept(true, time, true);
        }

        static Kept forTime(Duration time) {
            return new Kept(false, time, false);
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

    /** Kafka's topic configuration. Code chunks fit a record because a chunk is bounded, events because payloads are. */
    public Map<String, String> configuration() {
        var configuration = new HashMap<String, String>();
        configuration.put("max.message.bytes", LONGEST_RECORD);
        boolean deleted = !kept.time().isZero();
        configuration.put("cleanup.policy", kept.compacted() ? deleted ? "compact,delete" : "compact" : "delete");
        if (deleted) {
            configuration.put("retention.ms", Long.toString(kept.time().toMillis()));
        }
        if (kept.quickly()) {
            configuration.put("segment.bytes", SMALL_SEGMENT);
            configuration.put("min.cleanable.dirty.ratio", "0.1");
        }
        return Map.copyOf(configuration);
    }
}
