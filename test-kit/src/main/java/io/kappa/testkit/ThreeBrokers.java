package io.kappa.testkit;

import io.kappa.kafka.BrokerPlan;
import io.kappa.kafka.EmbeddedKafka;
import io.kappa.kit.kafka.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka cluster of three nodes in this JVM, each of them broker and controller, any one of which can be lost and come back. Everything is on
 * all three, and what is acknowledged is on two at least.
 */
public final class ThreeBrokers implements AutoCloseable {
    /** By the names that the cluster has for them. */
    public static final List<Integer> NODES = List.of(1, 2, 3);

    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("default.replication.factor", "3"),
            Map.entry("min.insync.replicas", "2"),
            Map.entry("offsets.topic.replication.factor", "3"),
            Map.entry("transaction.state.log.replication.factor", "3"),
            Map.entry("transaction.state.log.min.isr", "2"),
            Map.entry("share.coordinator.state.topic.replication.factor", "3"),
            Map.entry("share.coordinator.state.topic.min.isr", "2"),
            Map.entry("controlled.shutdown.enable", "false"), // Nobody is told of a loss beforehand.
            Map.entry("broker.session.timeout.ms", "2000"),
            // A member that cannot say that it leaves, because the broker that it would say it to is lost, is not
            // missed for long.
            Map.entry("group.consumer.min.session.timeout.ms", "5000"),
            Map.entry("group.consumer.session.timeout.ms", "5000"),
            Map.entry("group.share.min.session.timeout.ms", "5000"),
            Map.entry("group.share.session.timeout.ms", "5000"));

    private final Path data;
    private final String cluster = Uuid.randomUuid().toString();
    private final Map<Integer, Node> nodes = new HashMap<>();

    /** A node, and its two ports, which nobody else gets while it is gone. */
    private static final class Node {
        final Port clients = new Port();
        final Port controller = new Port();

        @Nullable
        EmbeddedKafka kafka;
    }

    /**
     * A port that is ours from the beginning to the end. While no broker listens at it, it is bound and refuses connections; were it free, the
     * system might give it to a client, such as one that looks for the broker there.
     */
    private static final class Port {
        private Socket placeholder = bound(0);
        final int number = placeholder.getLocalPort();

        private static Socket bound(int port) {
            try {
                var socket = new Socket();
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
                return socket;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void letGo() throws IOException {
            placeholder.close();
        }

        void hold() {
            placeholder = bound(number);
        }
    }

    private ThreeBrokers(Path data) {
        this.data = data;
        NODES.forEach(node -> nodes.put(node, new Node()));
    }

    /** Starts all three, and waits until they take requests. */
    public static ThreeBrokers start(Path data) {
        var brokers = new ThreeBrokers(data);
        atOnce(brokers::bringBack);
        return brokers;
    }

    private static void atOnce(IntConsumer task) {
        // Not virtual ones: brokers that start wait for one another, and where they do so is not always a place to let
        // go of a carrier.
        try (var threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            NODES.stream()
                    .map(node -> CompletableFuture.runAsync(() -> task.accept(node), threads))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
    }

    /** How to reach the cluster, with a topic prefix that nobody has had before. */
    public KafkaSettings kafka() {
        var servers = nodes.values().stream()
                .map(node -> "127.0.0.1:" + node.clients.number)
                .collect(Collectors.joining(","));
        return new KafkaSettings(servers, "three-" + PREFIXES.incrementAndGet(), -1, true, Map.of());
    }

    /**
     * Takes a node away. As a broker it says no word to the others: its connections break, what it was asked stays without an answer, and it is
     * missed when its session ends. Only a controller that leads tells the others that it goes, for nothing of Kafka's shuts it down otherwise.
     */
    public void lose(int number) {
        var node = node(number);
        if (node.kafka == null) {
            throw new IllegalStateException("node " + number + " is lost already");
        }
        try {
            node.kafka.close();
            node.kafka = null;
            node.clients.hold();
            node.controller.hold();
            // With it, a node would be taken back as one that cannot have lost anything.
            Files.deleteIfExists(data.resolve("node-" + number, "log", ".kafka_cleanshutdown"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a node at its ports and on its data, and waits until it takes requests. */
    public void bringBack(int number) {
        var node = node(number);
        var controllers = new HashMap<Integer, Integer>();
        nodes.forEach((other, itsPorts) -> controllers.put(other, itsPorts.controller.number));
        var membership = new BrokerPlan.Membership(cluster, number, controllers);
        var plan = new BrokerPlan(node.clients.number, List.of(), Optional.of(membership), PROPERTIES);
        try {
            node.clients.letGo();
            node.controller.letGo();
            node.kafka = EmbeddedKafka.start(data.resolve("node-" + number), plan);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether all three nodes have everything of some topics. */
    public static boolean inSync(Admin admin, String... topics) throws InterruptedException {
        try {
            return admin.describeTopics(List.of(topics)).allTopicNames().get().values().stream()
                    .flatMap(described -> described.partitions().stream())
                    .allMatch(partition -> partition.isr().size() == NODES.size());
        } catch (ExecutionException e) {
            return false; // Whoever was asked is gone, or not quite back.
        }
    }

    private Node node(int number) {
        var node = nodes.get(number);
        if (node == null) {
            throw new IllegalArgumentException("there is no node " + number);
        }
        return node;
    }

    @Override
    public void close() {
        atOnce(this::end);
    }

    private void end(int number) {
        var node = node(number);
        try {
            if (node.kafka != null) {
                node.kafka.close();
            }
            node.clients.letGo();
            node.controller.letGo();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
