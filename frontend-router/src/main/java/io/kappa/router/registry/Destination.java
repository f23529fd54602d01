package io.kappa.router.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** The key of a record and, apart from it, the partition that the record belongs to. */
sealed interface Destination {

    String key();

    /** Wherever records of an account, or of a command, go: so that those of one stay in order. */
    record HashedBy(String key, String hashed) implements Destination {}

    /** Where the records are that this one overwrites. */
    record Placed(String key, int partition) implements Destination {}

    static Serializer<Destination> serializer() {
        return (_, destination) -> destination.key().getBytes(UTF_8);
    }

    static StreamPartitioner<Destination, byte[]> partitioner() {
        return (_, destination, _, partitions) -> Optional.of(Set.of(
                switch (destination) {
                    case HashedBy account -> partition(account.hashed(), partitions);
                    case Placed placed -> placed.partition();
                }));
    }

    /** As Kafka's own partitioner does it. */
    static int partition(String hashed, int partitions) {
        return Utils.toPositive(Utils.murmur2(hashed.getBytes(UTF_8))) % partitions;
    }
}
