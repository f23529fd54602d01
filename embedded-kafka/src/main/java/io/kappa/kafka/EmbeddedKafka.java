package io.kappa.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka cluster of one node in this process: a KRaft controller and a broker, open to any client on the loopback address; or, by a
 * {@link BrokerPlan}, one of several such nodes, or one that some clients must authenticate to. Its data outlives the process, however that
 * ends; what the broker has acknowledged is in the operating system's hands by then.
 *
 * <p>Assembled from the parts that Kafka's own server is made of, rather than started through it, for two reasons: the sockets are
 * bound beforehand ({@link BoundSockets}), and a fault is reported instead of ending the process ({@link Faults}).
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);

    /** Within the data directory: what Kafka itself keeps. */
    private static final String LOG_DIRECTORY = "log";

    private final DirectoryLock lock;
    private final Faults faults;
    private final ControllerServer controller;
    private final BrokerServer broker;
    private final Map<String, Integer> ports;

    private EmbeddedKafka(
            DirectoryLock lock,
            Faults faults,
            ControllerServer controller,
            BrokerServer broker,
            Map<String, Integer> ports) {
        this.lock = lock;
        this.faults = faults;
        this.controller = controller;
        this.broker = broker;
        this.ports = ports;
    }

    /**
     * Starts a broker and waits until it takes requests.
     *
     * @param data where everything is kept; made where it does not exist
     * @param port to listen on; 0 takes a free one
     * @throws IOException in one line fit for a person, where the port or the directory is taken
     */
    public static EmbeddedKafka start(Path data, int port) throws IOException {
        return start(data, BrokerPlan.alone(port));
    }

    /**
     * The same, with a broker that is more than that. Where it is one of several, they have to be started at the same time: the first to come up
     * waits for as many as can decide something.
     */
    public static EmbeddedKafka start(Path data, BrokerPlan plan) throws IOException {
        var directory = data.toAbsolutePath().normalize();
        var lock = DirectoryLock.take(directory);
        try (var sockets = new BoundSockets()) {
            var ports = bind(sockets, plan);
            var configuration = BrokerConfiguration.of(directory.resolve(LOG_DIRECTORY), plan, ports);
            format(directory.resolve(LOG_DIRECTORY), plan);
            var kafka = assemble(configuration, lock, sockets, ports);
            kafka.startUp();
            return kafka;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static SequencedMap<String, Integer> bind(BoundSockets sockets, BrokerPlan plan) throws IOException {
        var ports = new LinkedHashMap<String, Integer>();
        ports.put(SecurityProtocol.PLAINTEXT.name, sockets.bind(plan.port()));
        for (var listener : plan.listeners()) {
            ports.put(listener.name, sockets.bind(0));
        }
        int controller = plan.membership()
                .map(membership -> membership.controllers().get(membership.node()))
                .orElse(0);
        ports.put(BrokerConfiguration.CONTROLLER_LISTENER, sockets.bind(controller));
        return ports;
    }

    /** What a client needs to find the cluster. */
    public String bootstrapServers() {
        return bootstrapServers(SecurityProtocol.PLAINTEXT);
    }

    /** The same, for a client that comes in at another of the plan's listeners. */
    public String bootstrapServers(SecurityProtocol listener) {
        return BrokerConfiguration.HOST + ":" + ports.get(listener.name);
    }

    /** Completes with what happened, should the broker find that it cannot go on. The process goes on until somebody ends it. */
    public CompletableFuture<String> failure() {
        return faults.fatal();
    }

    private static void format(Path log, BrokerPlan plan) throws IOException {
        if (Files.exists(log.resolve("meta.properties"))) {
            return;
        }
        try {
            Files.createDirectories(log);
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(BrokerConfiguration.node(plan))
                    .setClusterId(plan.membership()
                            .map(BrokerPlan.Membership::cluster)
                            .orElseGet(() -> Uuid.randomUuid().toString()))
                    .setDirectories(List.of(log.toString()))
                    .setControllerListenerName(BrokerConfiguration.CONTROLLER_LISTENER)
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Kafka's directory " + log + " could not be made ready", e);
        }
    }

    private static EmbeddedKafka assemble(
            KafkaConfig configuration, DirectoryLock lock, BoundSockets sockets, Map<String, Integer> ports) {
        var faults = new Faults();
        var directories = KafkaRaftServer.initializeLogDirs(configuration, LOG, "");
        var properties = directories._1();
        var voters =
                QuorumConfig.parseVoterConnections(configuration.quorumConfig().voters());
        var shared = new SharedServer(
                configuration,
                properties,
                Time.SYSTEM,
                Server.initializeMetrics(
                        configuration, Time.SYSTEM, properties.clusterId().orElseThrow()),
                CompletableFuture.completedFuture(voters),
                List.of(),
                faults,
                sockets);
        var controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
        return new EmbeddedKafka(lock, faults, controller, new BrokerServer(shared), ports);
    }

    private void startUp() {
        try {
            controller.startup();
            broker.startup();
        } catch (RuntimeException e) {
            shutDown();
            throw e;
        }
    }

    private void shutDown() {
        broker.shutdown();
        controller.shutdown();
        faults.forget();
    }

    /** Stops the broker in good order. */
    @Override
    public void close() throws IOException {
        shutDown();
        lock.close();
    }
}
