package io.kappa.mapper.stream;

import io.kappa.mapper.shard.Progress;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits the progress of shards to the mapping's group. Used by the thread that owns the consumer. */
final class Commits {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

    /** Between the beginnings of two commits: what is settled meanwhile goes along with the second. */
    static final long BETWEEN_MILLIS = 20;

    private final StreamMapping mapping;
    private final Consumer<byte[], byte[]> consumer;
    private final OwnedShards shards;
    private final StreamCounts counts;
    private final Clock clock;
    private boolean underWay;
    private boolean metadataTooLong;
    private long last;

    Commits(
            StreamMapping mapping,
            Consumer<byte[], byte[]> consumer,
            OwnedShards shards,
            StreamCounts counts,
            Clock clock) {
        this.mapping = mapping;
        this.consumer = consumer;
        this.shards = shards;
        this.counts = counts;
        this.clock = clock;
    }

    /** Commits what there is, unless a commit is under way or has only just been. Does not block. */
    void commit() {
        long now = clock.millis();
        if (underWay || Math.abs(now - last) < BETWEEN_MILLIS) {
            return;
        }
        var progress = shards.uncommitted();
        if (progress.isEmpty()) {
            return;
        }
        last = now;
        underWay = true;
        consumer.commitAsync(offsets(progress), (_, failure) -> {
            underWay = false;
            if (failure == null) {
                shards.committed(progress);
            } else {
                shards.notCommitted(progress.keySet());
                failed(failure);
            }
            metadataTooLong |= failure instanceof OffsetMetadataTooLarge;
        });
    }

    /** Commits the shards as they are now. Blocks until that is done, and throws where it cannot be done. */
    void commitNow(Collection<OwnedShard> some) {
        var progress = new HashMap<OwnedShard, Progress>();
        some.forEach(owned -> progress.put(owned, shards.progress(owned)));
        if (progress.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets(progress));
        } catch (OffsetMetadataTooLarge e) {
            if (metadataTooLong) {
                throw e;
            }
            metadataTooLong = true;
            consumer.commitSync(offsets(progress));
        }
    }

    /** A cluster may allow less metadata than Kafka does by default. Then only the topic goes with the position. */
    private Map<TopicPartition, OffsetAndMetadata> offsets(Map<OwnedShard, Progress> progress) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        progress.forEach((owned, made) -> {
            var kept = metadataTooLong ? Progress.at(made.position()) : made;
            offsets.put(owned.name, new OffsetAndMetadata(made.position(), kept.metadata(owned.topicId)));
        });
        return offsets;
    }

    void failed(Exception failure) {
        counts.commitFailed();
        LOG.atWarn()
                .addKeyValue("mappingId", mapping.uuid())
                .setCause(failure)
                .log("positions could not be committed and will be");
    }
}
