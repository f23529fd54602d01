package io.kappa.router.autoscaling.use;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.provisioned.ProvisionedUseReport;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.router.autoscaling.use.UseMeter.Sample;
import io.kappa.router.provisioning.ProvisionedReadiness;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second at how much of what is provisioned is in use through this router, and tells the owner of each account once a minute. A
 * minute that could not be told is missing, and a minute that is missing scales nothing.
 */
public final class UseReporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UseReporter.class);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final RecordCodec<ProvisionedUseReport> codec = RecordCodec.of(ProvisionedUseReport.class);
    private final Producer<String, byte[]> producer;
    private final String topic;
    private final RegistryView view;
    private final RunningVersions running;
    private final ProvisionedReadiness readiness;
    private final Clock clock;
    private final UseMeter meter;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("provisioned-use").factory());

    /**
     * @param routerId names this router among all
     * @param running is told which versions to count
     */
    UseReporter(
            Producer<String, byte[]> producer,
            String topicPrefix,
            String routerId,
            RegistryView view,
            RunningVersions running,
            ProvisionedReadiness readiness,
            Clock clock) {
        this.producer = producer;
        this.topic = Topic.PROVISIONED_REPORTS.name(topicPrefix);
        this.view = view;
        this.running = running;
        this.readiness = readiness;
        this.clock = clock;
        this.meter = new UseMeter(routerId);
    }

    /** Starts looking. The topic must be there. */
    public static UseReporter start(
            KafkaSettings kafka,
            String routerId,
            RegistryView view,
            RunningVersions running,
            ProvisionedReadiness readiness,
            Clock clock) {
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(CLOSING.toMillis()));
        var producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
        var reporter = new UseReporter(producer, kafka.topicPrefix(), routerId, view, running, readiness, clock);
        long wait = BETWEEN_LOOKS.toMillis();
        var _ = reporter.looks.scheduleAtFixedRate(reporter::attempt, wait, wait, TimeUnit.MILLISECONDS);
        return reporter;
    }

    private void attempt() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("use of provisioned concurrency could not be told");
        }
    }

    /** Looks once, and tells of the minute that has ended, where one has. */
    void look() {
        var samples = samples();
        running.count(samples.stream().map(Sample::version).collect(Collectors.toSet()));
        for (var report : meter.take(clock.instant(), samples)) {
            var _ = producer.send(new ProducerRecord<>(topic, report.account(), codec.encode(report)), (_, failure) -> {
                if (failure != null) {
                    LOG.atWarn()
                            .addKeyValue("minute", report.minute())
                            .setCause(failure)
                            .log("use of provisioned concurrency could not be told");
                }
            });
        }
    }

    private List<Sample> samples() {
        var samples = new ArrayList<Sample>();
        for (var function : view.functions()) {
            if (function.provisioned().isEmpty()) {
                continue;
            }
            for (var version : function.provisionedByVersion().keySet()) {
                var arn = new VersionArn(function.function().function(), version);
                int ready = function.version(version)
                        .map(record ->
                                readiness.of(arn, record.running().generation()).environments())
                        .orElse(0);
                samples.add(new Sample(arn, running.running(arn, ready), ready));
            }
        }
        return samples;
    }

    /** Looks no more. The minute that has begun is not told. */
    @Override
    public void close() {
        looks.shutdownNow();
        producer.close(CLOSING);
    }
}
