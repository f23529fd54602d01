package io.kappa.mapper.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.SkipCommand;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.mapper.queue.QueueSnapshot;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.shard.Step;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the API answers and asks for, as JSON has it; {@code openapi.json} describes it. */
final class MappingJson {

    record Mappings(List<Mapping> mappings) {}

    /**
     * A mapping, and how it stands in this process.
     *
     * @param function ARN as it is invoked
     * @param source ARN, or bootstrap servers with commas between them
     * @param shardsHere how many shards this process reads; {@code retrying} and {@code throttled} are among them
     * @param queue how a standard queue stands, which has no shards; null for everything else, and where this process does not read it
     * @param shards those; null in a list
     * @param skips commands about the mapping, oldest first; null in a list
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Mapping(
            String uuid,
            String function,
            String source,
            List<String> topics,
            String consumerGroup,
            boolean enabled,
            String state,
            String stateReason,
            Instant lastModified,
            @Nullable String lastProcessingResult,
            int batchSize,
            int shardsHere,
            int retrying,
            int throttled,
            @Nullable Queue queue,
            @Nullable List<Shard> shards,
            @Nullable List<Skip> skips) {

        static Mapping of(
                EventSourceMappingRecord mapping, Map<String, ShardView> views, Optional<QueueSnapshot> queue) {
            return new Mapping(
                    mapping.id().uuid(),
                    mapping.target().toString(),
                    source(mapping.source()),
                    mapping.source().topics(),
                    mapping.consumerGroup(),
                    mapping.enabled(),
                    mapping.state().name(),
                    mapping.stateReason(),
                    mapping.lastModified(),
                    mapping.lastProcessingResult(),
                    mapping.options().batchSize(),
                    views.size(),
                    count(views, ShardView.State.RETRYING),
                    count(views, ShardView.State.THROTTLED),
                    queue.map(Queue::of).orElse(null),
                    null,
                    null);
        }

        Mapping with(List<Shard> itsShards, List<Skip> itsSkips) {
            return new Mapping(
                    uuid,
                    function,
                    source,
                    topics,
                    consumerGroup,
                    enabled,
                    state,
                    stateReason,
                    lastModified,
                    lastProcessingResult,
                    batchSize,
                    shardsHere,
                    retrying,
                    throttled,
                    queue,
                    itsShards,
                    itsSkips);
        }

        private static String source(EventSource source) {
            return source instanceof EventSource.SelfManagedKafka(var servers, var _)
                    ? String.join(",", servers)
                    : source.sourceArn().orElseThrow();
        }

        private static int count(Map<String, ShardView> views, ShardView.State state) {
            return Math.toIntExact(views.values().stream()
                    .filter(view -> view.state() == state)
                    .count());
        }
    }

    /**
     * A standard queue as this process reads it.
     *
     * @param held messages that are locked for this process
     * @param hidden of these, how many have failed and wait for their visibility timeout to end
     * @param leaving of these, how many are being given up
     * @param running batches
     * @param waiting batches that wait for their turn
     * @param delayed batches that could not be run and are tried again
     * @param limit most batches that may run at once, at the moment
     * @param throttled whether a batch is delayed because the function is throttled
     */
    record Queue(
            int held, int hidden, int leaving, int running, int waiting, int delayed, int limit, boolean throttled) {
        static Queue of(QueueSnapshot snapshot) {
            return new Queue(
                    snapshot.recordsHeld(),
                    snapshot.recordsHidden(),
                    snapshot.recordsLeaving(),
                    snapshot.batchesRunning(),
                    snapshot.batchesWaiting(),
                    snapshot.batchesDelayed(),
                    snapshot.concurrencyLimit(),
                    snapshot.throttled());
        }
    }

    /**
     * A shard that this process reads.
     *
     * @param position offset of the lowest record that is not settled
     * @param read offset up to which records are in memory
     * @param waiting records in memory that are not settled
     * @param running batches that are being tried or handed over
     * @param record offset of the record that holds up the shard, or of the oldest one
     * @param attempts that have been made with it
     * @param nextTry when it is tried again; null where that is not later than now
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shard(
            String topic,
            int partition,
            long position,
            long read,
            int waiting,
            long running,
            ShardView.State state,
            @Nullable Long record,
            int attempts,
            @Nullable Instant nextTry,
            @Nullable Failure lastFailure) {

        /** Those of all topics, in the order of their partitions. */
        static List<Shard> all(Map<String, ShardView> views, Instant now) {
            return views.entrySet().stream()
                    .map(shard -> of(shard.getKey(), shard.getValue(), now))
                    .sorted(Comparator.comparing(Shard::topic).thenComparingInt(Shard::partition))
                    .toList();
        }

        private static Shard of(String name, ShardView view, Instant now) {
            int dash = name.lastIndexOf('-'); // Topics have dashes too.
            return new Shard(
                    name.substring(0, dash),
                    Integer.parseInt(name.substring(dash + 1)),
                    view.position(),
                    view.read(),
                    view.waiting(),
                    view.running(),
                    view.state(),
                    view.record(),
                    view.attempts(),
                    view.millisToNextTry() > 0 ? now.plusMillis(view.millisToNextTry()) : null,
                    view.failure() == null ? null : Failure.of(view.failure()));
        }
    }

    /** @param functionError whether the function itself failed, rather than saying that records did */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Failure(String executedVersion, boolean functionError, String errorType, String errorMessage) {
        static Failure of(Step.Failure failure) {
            return new Failure(
                    failure.executedVersion(), failure.functionError(), failure.errorType(), failure.errorMessage());
        }
    }

    /**
     * Records that an operator had passed over.
     *
     * @param to offset after the last one
     * @param readHere whether this process reads the shard, and so acts on it; null where that is not said
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Skip(
            String id,
            String topic,
            int partition,
            long from,
            long to,
            SkipCommand.Action action,
            String reason,
            @Nullable String by,
            Instant at,
            @Nullable Boolean readHere) {

        static Skip of(SkipCommand command, @Nullable Boolean readHere) {
            return new Skip(
                    command.id(),
                    command.topic(),
                    command.partition(),
                    command.from(),
                    command.to(),
                    command.action(),
                    command.reason(),
                    command.by(),
                    command.at(),
                    readHere);
        }
    }

    private MappingJson() {}
}
