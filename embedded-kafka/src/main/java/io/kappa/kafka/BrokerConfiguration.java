package io.kappa.kafka;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** How a broker is set up: as the whole cluster, quick to start, small in memory, and everything on one copy, unless its plan says otherwise. */
final class BrokerConfiguration {
    static final String HOST = "127.0.0.1";
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final int NODE = 1;

    /** @param ports that are bound, by the names of their listeners, the controller's included */
    static KafkaConfig of(Path data, BrokerPlan plan, SequencedMap<String, Integer> ports) {
        var properties = new Properties();
        node(properties, plan, ports);
        listeners(properties, ports);
        cluster(properties, data);
        internalTopics(properties);
        groups(properties);
        shareGroups(properties);
        // Members hear of their partitions by heartbeats, so that a mapping that starts waits for one.
        properties.put("group.consumer.min.heartbeat.interval.ms", "500");
        properties.put("group.consumer.heartbeat.interval.ms", "500");
        memory(properties);
        properties.putAll(plan.properties());
        return new KafkaConfig(properties);
    }

    static int node(BrokerPlan plan) {
        return plan.membership().map(BrokerPlan.Membership::node).orElse(NODE);
    }

    private static void node(Properties properties, BrokerPlan plan, Map<String, Integer> ports) {
        var controllers = plan.membership()
                .map(BrokerPlan.Membership::controllers)
                .orElseGet(() -> Map.of(NODE, Objects.requireNonNull(ports.get(CONTROLLER_LISTENER))));
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(node(plan)));
        properties.put(
                "controller.quorum.voters",
                controllers.entrySet().stream()
                        .map(voter -> voter.getKey() + "@" + HOST + ":" + voter.getValue())
                        .collect(Collectors.joining(",")));
    }

    private static void listeners(Properties properties, SequencedMap<String, Integer> ports) {
        var addresses = ports.entrySet().stream()
                .map(listener -> listener.getKey() + "://" + HOST + ":" + listener.getValue())
                .toList();
        properties.put("controller.listener.names", CONTROLLER_LISTENER);
        properties.put("listeners", String.join(",", addresses));
        properties.put(
                "advertised.listeners",
                addresses.stream()
                        .filter(address -> !address.startsWith(CONTROLLER_LISTENER))
                        .collect(Collectors.joining(",")));
        properties.put(
                "listener.security.protocol.map",
                ports.keySet().stream()
                        .map(name ->
                                name + ":" + (name.equals(CONTROLLER_LISTENER) ? SecurityProtocol.PLAINTEXT : name))
                        .collect(Collectors.joining(",")));
    }

    private static void cluster(Properties properties, Path data) {
        properties.put("log.dirs", data.toString());
        properties.put("auto.create.topics.enable", "true");
        properties.put("default.replication.factor", "1");
        properties.put("min.insync.replicas", "1");
        // After kill -9 the broker may register anew only once its former self is taken for dead. It tries after 0.1,
        // 0.3, 0.7 and
        // 1.5 seconds, so the fourth time succeeds. Taken for dead by mistake, on a machine that stood still, it is
        // back with its
        // next heartbeat.
        properties.put("broker.session.timeout.ms", "1400");
        // A starting broker is let in at its second heartbeat.
        properties.put("broker.heartbeat.interval.ms", "200");
        // An idle laptop's disk should be idle: no record each half second that says nothing has happened.
        properties.put("metadata.max.idle.interval.ms", "0");
    }

    private static void internalTopics(Properties properties) {
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("share.coordinator.state.topic.num.partitions", "2");
    }

    /**
     * Nobody waits for members that might still come: there is one process, and a person in front of it. Nor for long after those that were
     * killed, whose partitions nobody reads until they are taken for dead; Kafka's own figure is 45 seconds.
     */
    private static void groups(Properties properties) {
        properties.put("group.consumer.min.heartbeat.interval.ms", "2000");
        properties.put("group.consumer.heartbeat.interval.ms", "2000");
        properties.put("group.consumer.min.session.timeout.ms", "10000");
        properties.put("group.consumer.session.timeout.ms", "10000");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("group.streams.initial.rebalance.delay.ms", "0");
    }

    /**
     * As much as Kafka permits of what a queue is short of: deliveries before a record is thrown away, records after the oldest unfinished
     * one, members; and locks that run out soon enough for tests. A member gets its partitions with its second heartbeat.
     */
    private static void shareGroups(Properties properties) {
        properties.put("group.share.max.delivery.count.limit", "25");
        properties.put("group.share.max.partition.max.record.locks", "10000");
        properties.put("group.share.max.size", "1000");
        properties.put("group.share.min.record.lock.duration.ms", "1000");
        properties.put("group.share.min.heartbeat.interval.ms", "500");
        properties.put("group.share.heartbeat.interval.ms", "500");
        properties.put("group.share.min.session.timeout.ms", "10000");
        properties.put("group.share.session.timeout.ms", "10000");
        properties.put("group.share.assignment.interval.ms", "0");
    }

    private static void memory(Properties properties) {
        // The operating system fits buffers of sockets to what goes through them, where nobody fixes them.
        properties.put("socket.send.buffer.bytes", "-1");
        properties.put("socket.receive.buffer.bytes", "-1");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "4");
        properties.put("background.threads", "2");
        properties.put("group.coordinator.threads", "1");
        properties.put("group.coordinator.background.threads", "1");
        properties.put("num.recovery.threads.per.data.dir", "2");
        // The cleaner keeps 24 bytes for each key of what it cleans at once; with less it goes through a log in more
        // rounds.
        properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        properties.put("log.cleaner.io.buffer.size", Integer.toString(256 << 10));
        properties.put("log.segment.bytes", Integer.toString(128 << 20));
        properties.put("log.index.size.max.bytes", Integer.toString(1 << 20));
        properties.put("offsets.topic.segment.bytes", Integer.toString(16 << 20));
        properties.put("transaction.state.log.segment.bytes", Integer.toString(16 << 20));
        properties.put("share.coordinator.state.topic.segment.bytes", Integer.toString(16 << 20));
    }

    private BrokerConfiguration() {}
}
