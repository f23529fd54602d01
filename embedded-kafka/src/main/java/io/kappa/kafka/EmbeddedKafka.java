package io.kappa.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka cluster of one node in this process: a KRaft controller and a broker, open to any client on the loopback address. Its data
 * outlives the process, however that ends; what the broker has acknowledged is in the operating system's hands by then.
 *
 * <p>Assembled from the parts that Kafka's own server is made of, rather than started through it, for two reasons: the sockets are
 * bound beforehand ({@link BoundSockets}), and a fault is reported instead of ending the process ({@link Faults}).
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);

    private final DirectoryLock lock;
    private final Faults faults;
    private final ControllerServer controller;
    private final BrokerServer broker;
    private final int port;

    private EmbeddedKafka(
            DirectoryLock lock, Faults faults, ControllerServer controller, BrokerServer broker, int port) {
        this.lock = lock;
        this.faults = faults;
        this.controller = controller;
        this.broker = broker;
        this.port = port;
    }

    /**
     * Starts a broker and waits until it takes requests.
     *
     * @param data where everything is kept; made where it does not exist
     * @param port to listen on; 0 takes a free one
     * @throws IOException in one line fit for a person, where the port or the directory is taken
     */
    public static EmbeddedKafka start(Path data, int port) throws IOException {
        var directory = data.toAbsolutePath().normalize();
        var lock = DirectoryLock.take(directory);
        try (var sockets = new BoundSockets()) {
            int bound = sockets.bind(port);
            var configuration = BrokerConfiguration.of(directory.resolve("log"), bound, sockets.bind(0));
            format(directory.resolve("log"));
            var kafka = assemble(configuration, lock, sockets, bound);
            kafka.startUp();
            return kafka;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** What a client needs to find the cluster. */
    public String bootstrapServers() {
        return BrokerConfiguration.HOST + ":" + port;
    }

    /** Completes with what happened, should the broker find that it cannot go on. The process goes on until somebody ends it. */
    public CompletableFuture<String> failure() {
        return faults.fatal();
    }

    private static void format(Path log) throws IOException {
        if (Files.exists(log.resolve("meta.properties"))) {
            return;
        }
        try {
            Files.createDirectories(log);
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(BrokerConfiguration.NODE)
                    .setClusterId(Uuid.randomUuid().toString())
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
            KafkaConfig configuration, DirectoryLock lock, BoundSockets sockets, int port) {
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
        return new EmbeddedKafka(lock, faults, controller, new BrokerServer(shared), port);
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
