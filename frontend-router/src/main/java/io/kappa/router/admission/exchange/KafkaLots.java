package io.kappa.router.admission.exchange;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.router.admission.AccountLimits;
import io.kappa.router.admission.Admission;
import io.kappa.router.admission.AdmissionSettings;
import io.kappa.router.admission.lots.Drift;
import io.kappa.router.admission.lots.LotRequest;
import io.kappa.router.admission.lots.LotTerms;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one router's admission supplied with tokens, and offers this router as owner of the account's limits.
 *
 * <pre>
 *   Admission ──▶ admission.requests ──▶ LotOwnership, in one of the routers
 *      ▲                                       │ in a transaction
 *      └────────── admission.grants ◀──────────┘
 * </pre>
 *
 * A request may be lost without harm, so it waits for no replica; another follows.
 */
public final class KafkaLots implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLots.class);

    /** How long a stopping router waits for the answer to its last request but one. */
    private static final Duration FAREWELL = Duration.ofMillis(500);

    private static final long LOOK = Duration.ofMillis(5).toNanos();

    private final Admission admission;
    private final String account;
    private final String topic;
    private final Producer<String, byte[]> producer;
    private final TopicReader grants;
    private final LotOwnership ownership;
    private final Thread asking;
    private volatile boolean closing;
    private volatile boolean losing;

    /**
     * Starts asking and owning.
     *
     * @param limits what this router grants where it is the owner
     * @param limitsKnown completes when the limits are those of the registry; nothing is granted before
     */
    public KafkaLots(
            KafkaSettings kafka,
            String account,
            Admission admission,
            AccountLimits limits,
            AdmissionSettings settings,
            CompletableFuture<Void> limitsKnown,
            MeterRegistry meters) {
        this.admission = admission;
        this.account = account;
        this.topic = Topic.ADMISSION_REQUESTS.name(kafka.topicPrefix());
        this.producer = producer(kafka);
        this.grants = new TopicReader(
                kafka, Topic.ADMISSION_GRANTS.name(kafka.topicPrefix()), TopicReader.Start.END, this::read);
        var life = admission.id();
        this.ownership = new LotOwnership(
                kafka,
                life.router(),
                new LotTerms(settings.lease().toNanos(), Drift.ASSUMED),
                limits::current,
                limitsKnown,
                holder -> settings.alone() && !holder.equals(life));
        Gauge.builder("kappa.router.lots.owned", ownership, LotOwnership::owned)
                .description("Partitions of admission.requests that this router answers")
                .register(meters);
        this.asking = Thread.ofPlatform().name("asks-for-lots").daemon().unstarted(this::ask);
        admission.onUrge(() -> LockSupport.unpark(asking));
        asking.start();
    }

    private static Producer<String, byte[]> producer(KafkaSettings kafka) {
        var properties = kafka.clientProperties();
        properties.put(ProducerConfig.ACKS_CONFIG, "1");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "2000");
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "3000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "5000");
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    private void ask() {
        while (!closing) {
            long due = admission.step(this::send);
            if (due > 0) {
                LockSupport.parkNanos(this, due);
            }
        }
    }

    private void send(LotRequest request) {
        var _ = producer.send(
                new ProducerRecord<>(topic, account, RequestRecord.encode(request)), (_, failure) -> sent(failure));
    }

    /** Said once while they are lost one after another, for they are made several times a second then. */
    private void sent(@Nullable Exception failure) {
        if (failure != null && !losing) {
            LOG.atWarn().addKeyValue("topic", topic).setCause(failure).log("requests for lots are lost");
        }
        losing = failure != null;
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        if (record.value() != null) {
            admission.hear(GrantRecord.decode(record.value()));
        }
    }

    /** Why only a new process can take part again. */
    public Optional<String> dead() {
        if (!grants.alive()) {
            return Optional.of("reading grants has ended");
        }
        return asking.isAlive() ? Optional.empty() : Optional.of("asking for lots has ended");
    }

    /** Gives everything back, for which nothing may run any more, and leaves ownership to another. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(asking);
        try {
            asking.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long until = System.nanoTime() + FAREWELL.toNanos();
        while (!admission.isAnswered() && System.nanoTime() - until < 0) {
            LockSupport.parkNanos(LOOK);
        }
        send(admission.farewell());
        producer.close(FAREWELL);
        grants.close();
        ownership.close();
    }
}
