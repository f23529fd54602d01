package io.kappa.mapper.stream;

import io.kappa.contracts.registry.EventSourceMappingRecord.StartingPosition;
import io.kappa.mapper.checkpoint.Checkpoint;
import io.kappa.mapper.checkpoint.Checkpoints;
import io.kappa.mapper.shard.OpenWindow;
import io.kappa.mapper.shard.Progress;
import io.kappa.mapper.skip.Skips;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where shards go on, and never guesses: what was committed, else what is checkpointed, else, for a mapping that has never been read,
 * its starting position. A partition that was added to a topic later is read from its beginning, because whatever it holds came after the start.
 */
final class Positions {
    private final StreamMapping mapping;
    private final Admin admin;
    private final Checkpoints checkpoints;
    private final Skips skips;
    private final Clock clock;
    private Map<String, String> topicIds = Map.of();

    /**
     * Where a shard goes on.
     *
     * @param term under which checkpoints of it are kept
     */
    record Start(
            Progress progress,
            String topicId,
            long term,
            @Nullable OpenWindow window) {}

    Positions(StreamMapping mapping, Admin admin, Checkpoints checkpoints, Skips skips, Clock clock) {
        this.mapping = mapping;
        this.admin = admin;
        this.checkpoints = checkpoints;
        this.skips = skips;
        this.clock = clock;
    }

    /**
     * Before the group is joined: where nobody has ever committed or checkpointed anything of a topic, its starting positions are committed for
     * all partitions at once. From then on the group has a position in each, whoever reads it.
     */
    void initialise() throws InterruptedException, ExecutionException {
        var topics = topics();
        var committed = committedOfGroup();
        for (var topic : topics.values()) {
            boolean begun =
                    committed.keySet().stream().anyMatch(shard -> shard.topic().equals(topic.name()))
                            || checkpoints.anyOf(mapping.uuid(), topic.name());
            if (!begun) {
                begin(topic.partitions().stream()
                        .map(TopicPartitionInfo::partition)
                        .map(partition -> new TopicPartition(topic.name(), partition))
                        .toList());
            }
        }
    }

    private Map<String, TopicDescription> topics() throws InterruptedException, ExecutionException {
        var topics = admin.describeTopics(mapping.record().source().topics())
                .allTopicNames()
                .get();
        var ids = new HashMap<String, String>();
        topics.forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
        topicIds = ids;
        return topics;
    }

    private Map<TopicPartition, OffsetAndMetadata> committedOfGroup() throws InterruptedException, ExecutionException {
        var committed = admin.listConsumerGroupOffsets(
                        Map.of(mapping.record().consumerGroup(), new ListConsumerGroupOffsetsSpec()))
                .partitionsToOffsetAndMetadata(mapping.record().consumerGroup())
                .get();
        committed.values().removeIf(offset -> offset == null);
        return committed;
    }

    private void begin(Collection<TopicPartition> shards) throws InterruptedException, ExecutionException {
        var starts = startingOffsets(shards);
        // All in one go: whoever sees some of them meanwhile takes the mapping for begun, and the other partitions for
        // added.
        var kept = new ArrayList<CompletableFuture<Void>>();
        starts.forEach((shard, offset) -> kept.add(checkpoints.write(
                mapping.uuid(),
                shard,
                Checkpoints.FIRST_TERM,
                new Checkpoint(topicId(shard), offset, null, clock.instant()))));
        for (var one : kept) {
            one.get();
        }
        var commits = new HashMap<TopicPartition, OffsetAndMetadata>();
        starts.forEach((shard, offset) -> commits.put(
                shard, new OffsetAndMetadata(offset, Progress.at(offset).metadata(topicId(shard)))));
        admin.alterConsumerGroupOffsets(mapping.record().consumerGroup(), commits)
                .all()
                .get();
    }

    private Map<TopicPartition, Long> startingOffsets(Collection<TopicPartition> shards)
            throws InterruptedException, ExecutionException {
        var options = mapping.record().options();
        // A queue holds its messages until somebody comes for them.
        var from = options.startingPosition() == null ? StartingPosition.TRIM_HORIZON : options.startingPosition();
        var asked = switch (from) {
            case TRIM_HORIZON -> OffsetSpec.earliest();
            case LATEST -> OffsetSpec.latest();
            case AT_TIMESTAMP ->
                OffsetSpec.forTimestamp(
                        options.startingTimestamp() == null
                                ? 0
                                : options.startingTimestamp().toEpochMilli());
        };
        var found = list(shards, asked);
        if (from == StartingPosition.AT_TIMESTAMP && found.containsValue(-1L)) { // Nothing is as young as that.
            var ends = list(shards, OffsetSpec.latest());
            found.replaceAll((shard, offset) -> offset < 0 ? ends.getOrDefault(shard, 0L) : offset);
        }
        return found;
    }

    private Map<TopicPartition, Long> list(Collection<TopicPartition> shards, OffsetSpec spec)
            throws InterruptedException, ExecutionException {
        var asked = new HashMap<TopicPartition, OffsetSpec>();
        shards.forEach(shard -> asked.put(shard, spec));
        var offsets = new HashMap<TopicPartition, Long>();
        admin.listOffsets(asked).all().get().forEach((shard, found) -> offsets.put(shard, found.offset()));
        return offsets;
    }

    /**
     * Where to go on with shards that have just been given to this process.
     *
     * @throws LostPositionException where that cannot be told of one of them
     */
    Map<TopicPartition, Start> resolve(Consumer<?, ?> consumer, Collection<TopicPartition> shards)
            throws InterruptedException, ExecutionException {
        topics();
        var committed = consumer.committed(Set.copyOf(shards));
        var beginnings = consumer.beginningOffsets(shards);
        var ends = consumer.endOffsets(shards);
        var starts = new HashMap<TopicPartition, Start>();
        for (var shard : shards) {
            starts.put(
                    shard,
                    resolve(
                            shard,
                            committed.get(shard),
                            beginnings.getOrDefault(shard, 0L),
                            ends.getOrDefault(shard, 0L)));
        }
        return starts;
    }

    private Start resolve(TopicPartition shard, @Nullable OffsetAndMetadata committed, long beginning, long end) {
        var found = committed == null
                ? Optional.<Progress.Committed>empty()
                : Optional.of(Progress.committed(committed.offset(), committed.metadata()));
        var taken = taken(shard, found.isPresent());
        var checkpoint = taken.checkpoint();
        if (found.isEmpty() && checkpoint.isEmpty()) {
            return new Start(Progress.at(beginning), topicId(shard), taken.term(), null); // A partition that was added.
        }
        found.flatMap(Progress.Committed::topicId)
                .or(() -> checkpoint.map(Checkpoint::topicId))
                .filter(id -> !id.equals(topicId(shard)))
                .ifPresent(_ -> {
                    throw new LostPositionException("Topic " + shard.topic()
                            + " has been deleted and made anew, so the position in it means nothing any more.");
                });
        var progress = found.map(Progress.Committed::progress)
                .orElseGet(() -> Progress.at(checkpoint.orElseThrow().position()));
        // A call's outcome is checkpointed before it is committed, so the window is as the latest checkpoint says, even
        // where the position has moved on past records that were filtered or given up.
        var window = checkpoint.map(Checkpoint::window).orElse(null);
        if (checkpoint.isPresent() && checkpoint.get().position() > progress.position()) {
            progress = Progress.at(checkpoint.get().position());
        }
        return new Start(within(shard, progress, beginning, end), topicId(shard), taken.term(), window);
    }

    /** Only the state of a window would be missed by an owner to come, so only with windows it must be safe from owners of before. */
    private Checkpoints.Taken taken(TopicPartition shard, boolean committed) {
        if (mapping.windowed()) {
            return checkpoints.take(mapping.uuid(), shard);
        }
        return committed
                ? new Checkpoints.Taken(checkpoints.latestTerm(mapping.uuid(), shard), Optional.empty())
                : checkpoints.latest(mapping.uuid(), shard);
    }

    private Progress within(TopicPartition shard, Progress progress, long beginning, long end) {
        long position = progress.position();
        if (position > end) {
            throw new LostPositionException("Partition " + shard + " ends at offset " + end + ", before the position "
                    + position + " of this mapping: records have been lost, or the topic is another.");
        }
        if (position < beginning) {
            boolean acknowledged = skips.covering(mapping.uuid(), shard, position)
                    .filter(command -> command.to() >= beginning)
                    .isPresent();
            if (!acknowledged) {
                throw new LostPositionException("Partition " + shard + " begins at offset " + beginning
                        + ", after the position " + position
                        + " of this mapping: the records in between have been removed before they were processed."
                        + " To go on without them, skip offsets " + position + " to " + beginning
                        + " and enable the mapping again.");
            }
            return Progress.at(beginning);
        }
        return progress;
    }

    private String topicId(TopicPartition shard) {
        var id = topicIds.get(shard.topic());
        if (id == null) {
            throw new KafkaException("topic " + shard.topic() + " is not known yet");
        }
        return id;
    }
}
