package io.kappa.router.logs;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.router.logs.index.LogStreams;
import io.kappa.router.logs.reading.LogLines;
import io.kappa.router.logs.reading.LogReaders;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What functions have written, for as long as the log topic holds it: an index of log streams in memory, which follows what workers tell of
 * them, and a few readers of the topic itself, which rest until somebody asks. A router that cannot read either still runs functions.
 */
public final class KeptLogs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptLogs.class);

    private static final Duration BETWEEN_TRIMS = Duration.ofMinutes(1);
    private static final int TRIMS_BETWEEN_LOOKS = 60;

    private final KafkaSettings kafka;
    private final String topic;
    private final LogStreams streams;
    private final LogReaders readers;
    private final LogLines lines;
    private final TopicReader index;
    private final ScheduledExecutorService trimmer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("trims-log-streams").daemon().factory());
    private volatile OptionalInt retentionDays = OptionalInt.empty();
    private int trims;

    private KeptLogs(LogsSettings settings, KafkaSettings kafka, MeterRegistry metrics) {
        this.kafka = kafka;
        this.topic = Topic.FUNCTIONS_LOGS.name(kafka.topicPrefix());
        this.streams = new LogStreams(settings.mostStreams());
        this.readers = new LogReaders(kafka, topic, settings.readers());
        this.lines = new LogLines(readers);
        this.index = new TopicReader(
                kafka,
                Topic.FUNCTIONS_LOG_STREAMS.name(kafka.topicPrefix()),
                record -> streams.read(record.key(), record.value()));
        Gauge.builder("kappa.router.log.streams", streams, LogStreams::count)
                .description("Log streams whose lines can be found")
                .register(metrics);
        FunctionCounter.builder("kappa.router.log.streams.forgotten", streams, LogStreams::forgotten)
                .description("Log streams left out of the index because there were too many")
                .register(metrics);
    }

    /** Starts following the index. */
    public static KeptLogs start(LogsSettings settings, KafkaSettings kafka, MeterRegistry metrics) {
        var logs = new KeptLogs(settings, kafka, metrics);
        var _ = logs.index.caughtUp().thenRun(logs::startTrimming);
        return logs;
    }

    private void startTrimming() {
        var _ = trimmer.scheduleWithFixedDelay(this::trim, 0, BETWEEN_TRIMS.toSeconds(), TimeUnit.SECONDS);
    }

    /** Drops streams whose lines the topic no longer holds. */
    private void trim() {
        try {
            streams.trim(lines.firstOffsets());
            if (trims++ % TRIMS_BETWEEN_LOOKS == 0) {
                retentionDays = lookUpRetention();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | ExecutionException e) { // The next look may succeed.
            LOG.atWarn().addKeyValue("topic", topic).setCause(e).log("what is left of the log topic is not known");
        }
    }

    private OptionalInt lookUpRetention() throws InterruptedException, ExecutionException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (var admin = Admin.create(kafka.clientProperties())) {
            var configuration = Objects.requireNonNull(
                    admin.describeConfigs(Set.of(resource)).all().get().get(resource));
            long millis = Long.parseLong(configuration.get("retention.ms").value());
            return millis < 0
                    ? OptionalInt.empty()
                    : OptionalInt.of((int) Math.max(1, Duration.ofMillis(millis).toDays()));
        }
    }

    public LogStreams streams() {
        return streams;
    }

    public LogLines lines() {
        return lines;
    }

    /** For how many days lines stay; empty where that is not known, or for ever. */
    public OptionalInt retentionDays() {
        return retentionDays;
    }

    /** Why log streams cannot be told of, if so. */
    public Optional<String> problem() {
        if (!index.alive()) {
            return Optional.of("the index of log streams is not being read any more; the router's log tells why");
        }
        return index.caughtUp().isDone()
                ? Optional.empty()
                : Optional.of("the index of log streams is still being read");
    }

    @Override
    public void close() {
        trimmer.shutdownNow();
        index.close();
        readers.close();
    }
}
