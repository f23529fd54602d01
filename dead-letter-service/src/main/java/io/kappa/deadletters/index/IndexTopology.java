package io.kappa.deadletters.index;

import io.kappa.contracts.topic.Topic;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;

/**
 * How dead letters and commands become events for the queue and lines of the ledger.
 *
 * <pre>
 *   dead-letters.records  ─┐                ┌─▶ invocations.forwarded
 *                          ├─▶ processor ───┤
 *   dead-letters.commands ─┘       │        └─▶ dead-letters.ledger
 *                            one store, with a changelog
 * </pre>
 *
 * <p>Both sources have the same number of partitions, and the owner of a partition has it of both. The store is on disk, because a million
 * dead letters are a gigabyte.
 */
final class IndexTopology {
    static final String STORE = "index";
    static final String EVENTS = "events";
    static final String LEDGER = "ledger";

    private static final String RECORDS = "records";
    private static final String COMMANDS = "commands";
    private static final String OWNER = "owner";

    static Topology of(String topicPrefix, ProcessorSupplier<String, byte[], String, byte[]> owner) {
        var topology = new Topology();
        source(topology, RECORDS, Topic.DEAD_LETTERS_RECORDS, topicPrefix);
        source(topology, COMMANDS, Topic.DEAD_LETTERS_COMMANDS, topicPrefix);
        topology.addProcessor(OWNER, owner, RECORDS, COMMANDS);
        topology.addStateStore(
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                        .withCachingDisabled() // So that whoever reads sees what was last put, in the order of the
                        // keys.
                        .withLoggingEnabled(Map.of()),
                OWNER);
        sink(topology, EVENTS, Topic.INVOCATIONS_FORWARDED, topicPrefix);
        sink(topology, LEDGER, Topic.DEAD_LETTERS_LEDGER, topicPrefix);
        return topology;
    }

    private static void source(Topology topology, String name, Topic topic, String topicPrefix) {
        topology.addSource(
                AutoOffsetReset.earliest(),
                name,
                new StringDeserializer(),
                new ByteArrayDeserializer(),
                topic.name(topicPrefix));
    }

    private static void sink(Topology topology, String name, Topic topic, String topicPrefix) {
        topology.addSink(name, topic.name(topicPrefix), new StringSerializer(), new ByteArraySerializer(), OWNER);
    }

    private IndexTopology() {}
}
