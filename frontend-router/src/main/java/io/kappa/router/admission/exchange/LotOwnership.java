package io.kappa.router.admission.exchange;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.admission.lots.LotTerms;
import io.kappa.router.admission.lots.PoolLimits;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This router's share in owning limits. All routers are in one consumer group of the requests, so each partition has one owner; who that is
 * may be wrong for a while, and then the tenure's transactions fail. Whatever fails ends this router's membership and all of its tenures, and
 * it joins anew: nothing is kept in memory that might not be recorded.
 */
final class LotOwnership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LotOwnership.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final long JOINS_ANEW = Duration.ofMillis(200).toNanos();

    private final KafkaSettings kafka;
    private final String router;
    private final LotTerms terms;
    private final Supplier<PoolLimits> limits;
    private final CompletableFuture<Void> limitsKnown;
    private final Predicate<HolderId> over;
    private final Map<Integer, LotTenure> tenures = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closing;

    /**
     * @param router names this router among all, and again when it comes back: then it need not wait until its former life is known to be dead
     * @param over holders for which nothing runs any more, whatever they were granted
     */
    LotOwnership(
            KafkaSettings kafka,
            String router,
            LotTerms terms,
            Supplier<PoolLimits> limits,
            CompletableFuture<Void> limitsKnown,
            Predicate<HolderId> over) {
        this.kafka = kafka;
        this.router = router;
        this.terms = terms;
        this.limits = limits;
        this.limitsKnown = limitsKnown;
        this.over = over;
        this.thread = Thread.ofPlatform().name("owns-limits").daemon().start(this::run);
    }

    int owned() {
        return tenures.size();
    }

    private void run() {
        while (!closing) {
            try {
                takePart();
            } catch (WakeupException e) {
                // Closing.
            } catch (RuntimeException e) { // Whatever it is, another may do better, or this one when it begins anew.
                LOG.atWarn().setCause(e).log("ownership of limits is given up, and asked for anew");
                LockSupport.parkNanos(this, JOINS_ANEW);
            }
        }
    }

    private void takePart() {
        var consumer = consumer();
        try {
            consumer.subscribe(List.of(Topic.ADMISSION_REQUESTS.name(kafka.topicPrefix())), new Revocations());
            while (!closing) {
                var records = consumer.poll(POLL);
                consumer.assignment().forEach(this::takeOver);
                for (var partition : records.partitions()) {
                    var tenure = tenures.get(partition.partition());
                    if (tenure != null) {
                        tenure.answer(records.records(partition), limits.get(), System.nanoTime());
                    }
                }
            }
        } finally {
            tenures.keySet().forEach(this::end);
            consumer.close(CloseOptions.timeout(CLOSING)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }

    private KafkaConsumer<String, byte[]> consumer() {
        var properties = kafka.clientProperties();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.topicPrefix() + ".admission");
        properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, router);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // Whoever still waits for an answer asks again.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        // Short, because the others go on for one lease only without an owner, and long enough for a machine that is
        // overloaded.
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "9000");
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "1000");
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "10000");
        return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** Nothing is granted by one who does not know the limits yet. */
    private void takeOver(TopicPartition partition) {
        if (limitsKnown.isDone()
                && !limitsKnown.isCompletedExceptionally()
                && !tenures.containsKey(partition.partition())) {
            tenures.put(
                    partition.partition(),
                    LotTenure.begin(kafka, partition.partition(), terms, limits.get(), over, System::nanoTime));
        }
    }

    private void end(int partition) {
        var tenure = tenures.remove(partition);
        if (tenure != null) {
            tenure.close();
        }
    }

    private final class Revocations implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> end(partition.partition()));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // Begun once they are polled.
        }
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
