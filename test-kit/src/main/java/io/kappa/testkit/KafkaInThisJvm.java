package io.kappa.testkit;

import io.kappa.kafka.EmbeddedKafka;
import io.kappa.kit.kafka.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker that all tests of a JVM share: started when a test first asks for it, gone with the JVM. Tests stay out of one
 * another's way by their topics' names, which is quicker than a broker each.
 */
public final class KafkaInThisJvm {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaInThisJvm.class);
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    /** How to reach the broker, with a topic prefix that nobody has had before. */
    public static KafkaSettings kafka() {
        return new KafkaSettings(
                Broker.KAFKA.bootstrapServers(), "test-" + PREFIXES.incrementAndGet(), -1, true, Map.of());
    }

    private static final class Broker {
        static final EmbeddedKafka KAFKA = start();

        private static EmbeddedKafka start() {
            try {
                var data = Files.createTempDirectory("kappa-test-kafka-");
                var kafka = EmbeddedKafka.start(data, 0);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(kafka, data), "stops-test-kafka"));
                return kafka;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void stop(EmbeddedKafka kafka, Path data) {
            try (var files = Files.walk(data)) {
                kafka.close();
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                LOG.warn("the tests' Kafka is not cleared away from {}", data, e);
            }
        }
    }

    private KafkaInThisJvm() {}
}
