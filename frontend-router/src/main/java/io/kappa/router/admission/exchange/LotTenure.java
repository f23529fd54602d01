package io.kappa.router.admission.exchange;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.admission.lots.LotGrant;
import io.kappa.router.admission.lots.LotOwner;
import io.kappa.router.admission.lots.LotRequest;
import io.kappa.router.admission.lots.LotTerms;
import io.kappa.router.admission.lots.PoolLimits;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This router as owner of the limits whose requests come in one partition.
 *
 * <p>It first fences off whoever was the owner before, by taking over the partition's transactional id, and only then reads what has been
 * granted: what it has not read by then nobody will ever see. Every grant is a part of a transaction, and holders read what is committed.
 * What is decided together is recorded together, each decision knowing of those before it. Where recording fails the tenure is over,
 * whatever became of the transaction.
 */
final class LotTenure implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LotTenure.class);

    private static final Duration POLL = Duration.ofMillis(100);
    /** Longer than anything is counted, in nanoseconds. */
    private static final long LONG_AGO = TimeUnit.DAYS.toNanos(365);

    private static final String PATIENCE_MILLIS = "15000";

    private final Producer<String, byte[]> producer;
    private final TopicPartition grants;
    private final LotOwner owner;

    private LotTenure(Producer<String, byte[]> producer, TopicPartition grants, LotOwner owner) {
        this.producer = producer;
        this.grants = grants;
        this.owner = owner;
    }

    /**
     * @param over holders for which nothing runs any more, whatever they were granted
     * @throws KafkaException where the cluster does not answer in time, or another has taken over meanwhile
     */
    static LotTenure begin(
            KafkaSettings kafka,
            int partition,
            LotTerms terms,
            PoolLimits limits,
            Predicate<HolderId> over,
            LongSupplier nanos) {
        var grants = new TopicPartition(Topic.ADMISSION_GRANTS.name(kafka.topicPrefix()), partition);
        var producer = producer(kafka, partition);
        try {
            producer.initTransactions();
            var recorded = recorded(kafka, grants);
            var owner = new LotOwner(terms, limits);
            long now = nanos.getAsLong();
            recorded.forEach(grant -> owner.apply(grant, over.test(grant.holder()) ? now - LONG_AGO : now));
            LOG.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("holders", recorded.size())
                    .log("owner of limits");
            return new LotTenure(producer, grants, owner);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    private static Producer<String, byte[]> producer(KafkaSettings kafka, int partition) {
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, kafka.topicPrefix() + ".admission-" + partition);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "20000");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0"); // Somebody waits for each grant.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        // Where the first batch of a transaction is sent back, because the one before is not quite over, no other may
        // overtake it.
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        // One transaction follows another at once, and the coordinator may still be busy with the one before.
        properties.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, "5");
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    /** The latest grant of each holder. */
    private static Collection<LotGrant> recorded(KafkaSettings kafka, TopicPartition grants) {
        var latest = new LinkedHashMap<String, LotGrant>();
        var consumer = consumer(kafka);
        try {
            consumer.assign(List.of(grants));
            consumer.seekToBeginning(List.of(grants));
            long end = consumer.endOffsets(List.of(grants)).getOrDefault(grants, 0L);
            while (consumer.position(grants) < end) {
                for (var record : consumer.poll(POLL)) {
                    if (record.value() == null) {
                        latest.remove(record.key());
                    } else {
                        latest.put(record.key(), GrantRecord.decode(record.value()));
                    }
                }
            }
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
        return latest.values();
    }

    private static KafkaConsumer<String, byte[]> consumer(KafkaSettings kafka) {
        var properties = kafka.clientProperties();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Answers requests, in their order.
     *
     * @param now a time before any of them is decided
     * @throws KafkaException where the answers could not be recorded, or nobody can tell; this tenure is over then
     */
    void answer(List<ConsumerRecord<String, byte[]>> requests, PoolLimits limits, long now) {
        owner.limit(limits);
        var decided = new ArrayList<LotGrant>();
        for (var record : requests) {
            read(record).flatMap(request -> owner.decide(request, now)).ifPresent(grant -> {
                owner.apply(grant, now);
                decided.add(grant);
            });
        }
        var forgotten = owner.forget(now);
        if (decided.isEmpty() && forgotten.isEmpty()) {
            return;
        }
        producer.beginTransaction();
        decided.forEach(grant -> record(grant.holder(), GrantRecord.encode(grant)));
        forgotten.forEach(holder -> record(holder, null));
        producer.commitTransaction();
    }

    /** Nothing where it cannot be read: a router of a newer release has to do without what this owner does not know. */
    private static Optional<LotRequest> read(ConsumerRecord<String, byte[]> record) {
        try {
            return Optional.of(RequestRecord.decode(record.value()));
        } catch (UncheckedIOException | IllegalStateException e) {
            LOG.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .setCause(e)
                    .log("request for lots cannot be read; not answered");
            return Optional.empty();
        }
    }

    private void record(HolderId holder, byte @Nullable [] value) {
        var _ = producer.send(new ProducerRecord<>(grants.topic(), grants.partition(), GrantRecord.key(holder), value));
    }

    /** What is under way fails, unless it has been recorded. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
