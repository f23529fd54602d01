package io.kappa.asyncqueue.shard;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/**
 * The key of a record on its way out.
 *
 * @param partition where it belongs; null where its key decides, as with any other producer
 */
record Outgoing(String key, @Nullable Integer partition) {

    static Serializer<Outgoing> serializer() {
        return (_, outgoing) -> outgoing.key().getBytes(StandardCharsets.UTF_8);
    }

    static StreamPartitioner<Outgoing, byte[]> partitioner() {
        return (_, outgoing, _, _) -> Optional.ofNullable(outgoing.partition()).map(Set::of);
    }
}
