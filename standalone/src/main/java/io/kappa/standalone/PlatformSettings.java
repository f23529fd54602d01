package io.kappa.standalone;

import io.kappa.asyncqueue.AsyncQueueServiceSettings;
import io.kappa.deadletters.DeadLetterServiceSettings;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.management.ManagementSettings;
import io.kappa.kit.settings.Settings;
import io.kappa.mapper.EventSourceMapperSettings;
import io.kappa.router.FrontendRouterSettings;
import io.kappa.worker.WorkerNodeSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that one platform in one process is told.
 *
 * @param data keeps what outlives the process
 * @param ownBroker whether a broker is started here; false where a cluster is named
 * @param kafkaPort of that broker
 * @param workers of each worker node
 */
record PlatformSettings(
        Path data,
        boolean ownBroker,
        int kafkaPort,
        KafkaSettings kafka,
        ManagementSettings management,
        List<WorkerNodeSettings> workers,
        FrontendRouterSettings router,
        AsyncQueueServiceSettings asyncQueue,
        EventSourceMapperSettings eventSources,
        DeadLetterServiceSettings deadLetters) {
    private static final String DATA = "standalone.data-directory";
    private static final int MOST_WORKERS = 16;
    private static final int LAST_PORT = 65_535;
    private static final String CLUSTER = "kafka.bootstrap-servers";

    PlatformSettings {
        data = data.toAbsolutePath().normalize();
        workers = List.copyOf(workers);
    }

    static PlatformSettings from(Settings settings) {
        int kafkaPort = settings.port("standalone.kafka-port", 9092);
        var cluster = settings.text(CLUSTER);
        int workers = settings.integer("standalone.workers", 1, 1, MOST_WORKERS);
        settings.integer("worker.port", 0, 0, LAST_PORT - workers + 1);
        return new PlatformSettings(
                Path.of(settings.text(DATA, defaultData())),
                cluster.isEmpty(),
                kafkaPort,
                KafkaSettings.from(settings),
                ManagementSettings.from(settings),
                WorkerNodeSettings.from(settings).divided(workers),
                FrontendRouterSettings.from(settings),
                AsyncQueueServiceSettings.from(settings),
                EventSourceMapperSettings.from(settings),
                DeadLetterServiceSettings.from(settings));
    }

    /** What is given, and below it what the services' settings are in one process on one machine. */
    static Map<String, String> withDefaults(Map<String, String> given) {
        var data = Path.of(given.getOrDefault(DATA, defaultData()));
        var all = new HashMap<>(Map.of(
                "encryption.key-file",
                data.resolve("encryption.keys").toString(),
                "images.directory",
                data.resolve("images").toString(),
                "router.state-directory",
                data.resolve("router").toString(),
                "async-queue.state-directory",
                data.resolve("async-queue").toString(),
                "dead-letters.state-directory",
                data.resolve("dead-letters").toString(),
                "mapper.secrets-directory",
                data.resolve("secrets").toString(),
                "worker.directory",
                data.resolve("worker").toString(),
                "worker.host",
                "127.0.0.1",
                "worker.port",
                "0"));
        all.putAll(given);
        return all;
    }

    private static String defaultData() {
        return Path.of(System.getProperty("user.home"), ".kappa", "data").toString();
    }

    /** The ports that must be free. Those of workers are any that are, unless told otherwise. */
    Ports ports() {
        var ports = new Ports()
                .need("--port", router.host(), router.port())
                .need("--management-port", management.host(), management.port());
        workers.forEach(worker -> ports.need("--set worker.port", worker.host(), worker.port()));
        return ownBroker ? ports.need("--kafka-port", "127.0.0.1", kafkaPort) : ports;
    }

    Path brokerData() {
        return data.resolve("kafka");
    }
}
