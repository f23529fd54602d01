package io.kappa.mapper.mapping;

import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.mapper.queue.QueueSnapshot;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.stream.StreamListener;
import java.util.Map;
import java.util.Optional;

/** Reads one mapping's source in this process until it is closed. */
public interface Poller extends AutoCloseable {
    /** How each shard stands that this process reads, by topic and partition such as {@code orders-3}. */
    Map<String, ShardView> shards();

    /** How a standard queue stands, which has no shards; empty for everything else. */
    default Optional<QueueSnapshot> queue() {
        return Optional.empty();
    }

    /** Lets what runs end, for a while. */
    @Override
    void close();

    /** Makes pollers. */
    @FunctionalInterface
    interface Factory {
        /** @throws io.kappa.mapper.source.SourceException where the source cannot be reached as it is configured */
        Poller start(EventSourceMappingRecord mapping, StreamListener listener);
    }
}
