package io.kappa.router.registry;

import io.kappa.contracts.topic.Topic;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * How commands become records and replies, and reports of mappers and workers become records. These and what routers tell of the use of
 * provisioned concurrency are keyed by account and have as many partitions, so that one task reads all that concerns an account.
 *
 * <pre>
 *   registry.commands ─▶ RegistryProcessor ─▶ registry.records, registry.replies, registry.code (only deletions)
 *                                │
 *                        one store, with a changelog
 *                                │
 *   mappings.reports ──▶ ReportProcessor ───▶ registry.records
 *                                │
 *   snapshots.reports ─▶ ReportProcessor ───▶ registry.records
 *                                │
 *   provisioned.reports ─▶ UseProcessor      what scaling goes by
 * </pre>
 *
 * <p>The store is in memory. Measured with 100,000 functions: it takes 160 MB of the owner's heap, and every start reads the changelog
 * beside what the view reads anyway, 5 seconds in all. RocksDB saves the heap, but costs a native library, a second of every first start,
 * and after a crash, when exactly-once processing makes it drop its files, 12 seconds.
 */
final class RegistryTopology {
    static final String STORE = "state";
    static final String RECORDS = "records";
    static final String REPLIES = "replies";
    static final String CODE = "code";

    private static final String COMMANDS = "commands";
    private static final String OWNER = "owner";
    private static final String REPORTS = "reports";
    private static final String SETTLER = "settler";
    private static final String SNAPSHOTS = "snapshots";
    private static final String TAKER = "taker";
    private static final String USE = "use";
    private static final String OBSERVER = "observer";

    static Topology of(String topicPrefix, AccountQuotas quotas, Clock clock) {
        var topology = new Topology();
        source(topology, COMMANDS, Topic.REGISTRY_COMMANDS, topicPrefix);
        topology.addProcessor(OWNER, () -> new RegistryProcessor(quotas, clock), COMMANDS);
        source(topology, REPORTS, Topic.MAPPINGS_REPORTS, topicPrefix);
        topology.addProcessor(SETTLER, () -> ReportProcessor.ofMappings(quotas, clock), REPORTS);
        source(topology, SNAPSHOTS, Topic.SNAPSHOTS_REPORTS, topicPrefix);
        topology.addProcessor(TAKER, () -> ReportProcessor.ofSnapshots(clock), SNAPSHOTS);
        source(topology, USE, Topic.PROVISIONED_REPORTS, topicPrefix);
        topology.addProcessor(OBSERVER, () -> new UseProcessor(), USE);
        topology.addStateStore(
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                        .withCachingDisabled() // Each command is committed by itself, so a cache would save nothing.
                        .withLoggingEnabled(Map.of()),
                OWNER,
                SETTLER,
                TAKER,
                OBSERVER);
        sink(topology, RECORDS, Topic.REGISTRY_RECORDS, topicPrefix, OWNER, SETTLER, TAKER);
        sink(topology, REPLIES, Topic.REGISTRY_REPLIES, topicPrefix, OWNER);
        sink(topology, CODE, Topic.REGISTRY_CODE, topicPrefix, OWNER);
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

    private static void sink(Topology topology, String name, Topic topic, String topicPrefix, String... from) {
        topology.addSink(
                name,
                topic.name(topicPrefix),
                Destination.serializer(),
                new ByteArraySerializer(),
                Destination.partitioner(),
                from);
    }

    private RegistryTopology() {}
}
