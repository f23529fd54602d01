package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.Source;
import io.kappa.contracts.topic.Topic;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * How accepted events, reports and operators' actions become ended events.
 *
 * <pre>
 *   invocations.queued, .forwarded, .outcomes, .commands ─▶ shard ─▶ invocations.ended, invocations.forwarded,
 *                                                             │      dead-letters.records, dead-letters.commands
 *                                                     one store, with a changelog
 * </pre>
 *
 * <p>The four sources have equally many partitions, and partition N of all of them is shard N. The store is RocksDB's: a million waiting
 * events take 300 MB, which belong on a disk. Its cache keeps events that end at once, which most do, from ever reaching disk or changelog.
 */
final class ShardTopology {
    static final String STORE = "state";
    private static final String SHARD = "shard";
    private static final String EVENTS = "events";
    private static final String COMMANDS = "commands";

    static Topology of(String topicPrefix, ShardTools tools) {
        var topology = new Topology();
        topology.addSource(
                AutoOffsetReset.earliest(),
                EVENTS,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                Stream.of(Source.values())
                        .map(source -> source.topic().name(topicPrefix))
                        .toArray(String[]::new));
        topology.addSource(
                AutoOffsetReset.earliest(),
                COMMANDS,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                Topic.INVOCATIONS_COMMANDS.name(topicPrefix));
        topology.addProcessor(SHARD, () -> new ShardProcessor(topicPrefix, tools), EVENTS, COMMANDS);
        topology.addStateStore(
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                        .withCachingEnabled()
                        .withLoggingEnabled(Map.of()),
                SHARD);
        sink(topology, Shard.Sink.ENDED, Topic.INVOCATIONS_ENDED, topicPrefix);
        sink(topology, Shard.Sink.DEAD_LETTERS, Topic.DEAD_LETTERS_RECORDS, topicPrefix);
        sink(topology, Shard.Sink.DEAD_LETTER_COMMANDS, Topic.DEAD_LETTERS_COMMANDS, topicPrefix);
        sink(topology, Shard.Sink.FORWARDED, Topic.INVOCATIONS_FORWARDED, topicPrefix);
        return topology;
    }

    private static void sink(Topology topology, Shard.Sink sink, Topic topic, String topicPrefix) {
        topology.addSink(
                sink.name(),
                topic.name(topicPrefix),
                Outgoing.serializer(),
                new ByteArraySerializer(),
                Outgoing.partitioner(),
                SHARD);
    }

    private ShardTopology() {}
}
