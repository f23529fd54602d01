package io.kappa.mapper.queue;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.invocation.Lineage;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.mapper.event.BatchResponse;
import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.filter.RecordFilter;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.invoke.InvokeOutcome.NotRun;
import io.kappa.mapper.invoke.Invoker;
import io.kappa.mapper.queue.QueueRules.Fate;
import io.kappa.mapper.queue.QueueRules.Next;
import io.kappa.mapper.queue.QueueWork.Judged;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one standard queue's mapping in this process. The queue is a topic, read by a share group that all of the queue's mappings and all
 * processes have in common: a record is deleted by accepting it, and received again after it was released.
 *
 * <p>What SQS has and share groups have not, and what is done about it, as Kafka 4.3.1 was seen to behave:
 *
 * <ul>
 *   <li><b>A consumer that holds records receives no others.</b> It refuses to poll until each is acknowledged, and once they are renewed, polls
 *       hand out these and nothing else. So a poller has several consumers, its lanes: some ask, the others look after what they have received.
 *       A lane takes several batches' worth at once, so there are far fewer lanes than batches. When the last lane is tied, nothing more is
 *       received until one of them is through.
 *   <li><b>Consumers of a group are given some of the partitions each</b>, when there is more than one of both. A partition all of whose consumers
 *       are tied is read by nobody meanwhile. So while a lane is tied, others are opened until as many ask as there are partitions.
 *   <li><b>A released record is delivered again at once</b>; there is no delay. So a record that failed is kept locked here until its visibility
 *       timeout ends, and released then. It ties its lane for so long.
 *   <li><b>Locks end within a minute, or what the broker was told.</b> They are renewed for as long as there is need, so a function may run as
 *       long as it likes. If this process dies, its records are received again when their locks end.
 *   <li><b>After its last permitted delivery the broker throws a record away</b>, without a word. The limit is set as high as the brokers let it
 *       be, a record is handed over two deliveries earlier at the latest, and a maxReceiveCount beyond that is cut down to it, with a warning.
 *       Deliveries count even where the function has not seen the record, such as those of a process that died.
 *   <li><b>Only so many records after a partition's oldest unfinished one are delivered</b>, 2000 as Kafka comes. A record that takes long, or
 *       fails, holds up its partition when they are through. More partitions help.
 * </ul>
 *
 * <p>Records have no order. At least once: a record is received again where its acknowledgement, or its process, was lost.
 */
public final class QueuePoller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueuePoller.class);
    private static final Duration BETWEEN_PREPARATIONS = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration ENDING = Duration.ofSeconds(10);

    private final Map<String, Object> client;
    private final EventSourceMappingRecord mapping;
    private final String topic;
    private final EventForm form;
    private final RecordFilter filter;
    private final Invoker invoker;
    private final QueueHandover handover;
    private final QueueSettings settings;
    private final QueueCounts counts;
    private final QueueListener listener;
    private final Clock clock;
    private final QueuePolicy policy;
    private final long room;
    private final QueueWork work;
    private final AtomicBoolean broken = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final ExecutorService calls;
    private final ExecutorService lanes;
    private final Thread director;
    /** Set before the first lane is opened. */
    private volatile QueueRules rules;

    private volatile Duration lock;

    /**
     * Starts reading.
     *
     * @param client settings of any client of the cluster that the queue is on
     * @param mapping of a standard queue
     */
    public QueuePoller(
            Map<String, Object> client,
            EventSourceMappingRecord mapping,
            EventForm form,
            RecordFilter filter,
            Invoker invoker,
            QueueHandover handover,
            QueueSettings settings,
            QueueCounts counts,
            QueueListener listener,
            Clock clock) {
        if (!(mapping.source() instanceof EventSource.Queue queue) || queue.fifo()) {
            throw new IllegalArgumentException("not the mapping of a standard queue: " + mapping.id());
        }
        this.client = Map.copyOf(client);
        this.mapping = mapping;
        this.topic = queue.topic();
        this.form = form;
        this.filter = filter;
        this.invoker = invoker;
        this.handover = handover;
        this.settings = settings;
        this.counts = counts;
        this.listener = listener;
        this.clock = clock;
        this.policy = settings.of(topic);
        this.lock = settings.lock();
        this.room = (long) EventForm.LONGEST_EVENT - form.envelopeSize();
        var options = mapping.options();
        this.rules = new QueueRules(policy.visibilityTimeout(), 1, options.reportItemFailures());
        this.work = new QueueWork(
                options.batchSize(),
                Duration.ofSeconds(
                        Optional.ofNullable(options.batchWindowSeconds()).orElse(0)),
                room,
                maximum(0, 1),
                settings.mostConsumers(),
                counts,
                clock);
        this.calls = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("queue-call-" + topic + "-", 0).factory());
        this.lanes = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("queue-lane-" + topic + "-", 0).factory());
        this.director = Thread.ofVirtual().name("queue-" + topic).start(this::direct);
    }

    /**
     * Says that the mapping is run by several processes, which share its concurrency evenly.
     *
     * @param index of this process among them, from 0
     */
    public void share(int index, int processes) {
        work.changeMaximum(maximum(index, processes));
    }

    private int maximum(int index, int processes) {
        int all = Optional.ofNullable(mapping.options().maximumConcurrency()).orElse(QueueConcurrency.MOST);
        return Math.max(1, all / processes + (index < all % processes ? 1 : 0));
    }

    /** How things stand. */
    public QueueSnapshot snapshot() {
        return work.snapshot();
    }

    private void direct() {
        try {
            if (!prepare()) {
                return;
            }
            openLane();
            while (!work.closing()) {
                var step = work.next();
                step.start().forEach(batch -> calls.execute(() -> run(batch)));
                if (step.openLane()) {
                    openLane();
                }
                work.awaitChange();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException e) {
            LOG.atDebug().addKeyValue("topic", topic).log("closing has overtaken the start of a batch");
        }
    }

    /** Makes the share group ready, however long the cluster takes to answer. False where the queue is broken or closing. */
    private boolean prepare() throws InterruptedException {
        while (!work.closing()) {
            var admin = Admin.create(client);
            try {
                var group = ShareGroup.prepare(admin, settings.groupOf(topic), topic, settings.lock());
                int mostReceives = QueueRules.mostReceives(policy.maxReceiveCount(), group.deliveryLimit());
                if (mostReceives < policy.maxReceiveCount()) {
                    LOG.atWarn()
                            .addKeyValue("topic", topic)
                            .log(
                                    "messages are given up after {} receives instead of {}: the brokers permit {} deliveries",
                                    mostReceives,
                                    policy.maxReceiveCount(),
                                    group.deliveryLimit());
                }
                lock = group.lock();
                work.partitions(group.partitions());
                rules = new QueueRules(
                        policy.visibilityTimeout(),
                        mostReceives,
                        mapping.options().reportItemFailures());
                return true;
            } catch (ShareGroup.BrokenException e) {
                breakDown(String.valueOf(e.getMessage()));
                return false;
            } catch (KafkaException e) {
                if (!worthRetrying(e)) {
                    return false;
                }
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .log("the share group is not ready, tried again: {}", e.getMessage());
                work.backOff(BETWEEN_PREPARATIONS);
            } finally {
                admin.close(Duration.ZERO);
            }
        }
        return false;
    }

    private void breakDown(String reason) {
        if (broken.compareAndSet(false, true)) {
            LOG.atError()
                    .addKeyValue("topic", topic)
                    .addKeyValue("mappingId", mapping.id())
                    .log(reason);
            listener.broken(reason);
            // By another thread: the one that finds out is one of those that closing waits for.
            Thread.ofVirtual().name("queue-end-" + topic).start(this::close);
        }
    }

    private boolean worthRetrying(RuntimeException failure) {
        if (failure instanceof AuthorizationException
                || failure instanceof InvalidTopicException
                || failure instanceof UnsupportedVersionException) {
            breakDown("the queue " + topic + " cannot be read: " + failure.getMessage());
            return false;
        }
        return true;
    }

    // ---- Receiving.

    private void openLane() {
        var lane =
                new QueueLane(topic, work.laneSize(), lock, work, this::consumer, this::received, this::worthRetrying);
        work.opened(lane);
        lanes.execute(lane);
    }

    private ShareConsumer<byte[], byte[]> consumer(int records) {
        var properties = new HashMap<>(client);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.groupOf(topic));
        properties.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        properties.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
        // A lane without a turn does not poll, and is to stay a member.
        properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaShareConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void received(List<Held> fresh) {
        var judged = fresh.stream().map(this::judge).toList();
        counts.add(QueueCounts.Kind.POLLED, fresh.size());
        int again = (int) fresh.stream().filter(one -> one.receiveCount > 1).count();
        if (again > 0) {
            counts.add(QueueCounts.Kind.DUPLICATES, again);
        }
        work.received(judged);
        judged.stream()
                .filter(one -> one.fate() == Fate.GIVE_UP)
                .collect(Collectors.groupingBy(
                        one -> new Given(one.held().receiveCount - 1, failure(one)),
                        Collectors.mapping(Judged::held, Collectors.toList())))
                .forEach((given, records) -> calls.execute(() -> giveUp(given, records)));
    }

    /** A record that cannot even be looked at is given up, because it will be no better the next time. */
    private Judged judge(Held one) {
        try {
            long size = form.size(one.record);
            return new Judged(
                    one, rules.received(one.receiveCount, filter.lets(one.record), size <= room, loops(one)), size);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("partition", one.record.partition())
                    .addKeyValue("offset", one.record.offset())
                    .setCause(e)
                    .log("a record cannot be read, and is given up");
            return new Judged(one, Fate.GIVE_UP, 0);
        }
    }

    /** Whether the function has run so often in the chain that this record comes from that it may be refused. */
    private boolean loops(Held one) {
        return Lineage.isExhausted(
                form.trace(List.of(one.record)),
                Lineage.hash(mapping.target().function().toString()));
    }

    // ---- Running.

    private void run(QueueBatch batch) {
        var visibleAt = work.begin(batch, policy.visibilityTimeout());
        var records = batch.records();
        var outcome = invoke(batch, records);
        if (outcome == null) {
            return;
        }
        var next = rules.after(
                outcome, records.size(), batch.tries, visibleAt, clock.instant(), bytes -> read(bytes, records));
        count(outcome, next, records.size());
        work.ended(batch, outcome, next, rules.backsOff(outcome));
        if (next instanceof Next.Settle settle) {
            listener.processed(settle.called() ? MappingReport.OK : MappingReport.FUNCTION_CALL_FAILED);
        }
    }

    /** Null where closing has not waited for the outcome. */
    private @Nullable InvokeOutcome invoke(QueueBatch batch, List<ConsumerRecord<byte[], byte[]>> records) {
        var receiveCounts = new IdentityHashMap<ConsumerRecord<byte[], byte[]>, Integer>();
        batch.held.forEach(one -> receiveCounts.put(one.record, one.receiveCount));
        try {
            var event = form.event(records, record -> receiveCounts.getOrDefault(record, 1), null);
            return invoker.invoke(mapping.target(), event, form.trace(records)).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | RuntimeException e) {
            LOG.atWarn().addKeyValue("topic", topic).setCause(e).log("a batch could not be sent to its function");
            return new NotRun(InvokeOutcome.Why.PLATFORM_ERROR, String.valueOf(e.getMessage()));
        }
    }

    private BatchResponse read(byte[] response, List<ConsumerRecord<byte[], byte[]>> records) {
        try {
            return form.read(response, records);
        } catch (RuntimeException e) {
            return new BatchResponse.Failed("the function's answer cannot be read: " + e.getMessage());
        }
    }

    private void count(InvokeOutcome outcome, Next next, int records) {
        if (!(outcome instanceof NotRun)) {
            counts.add(QueueCounts.Kind.INVOKED, records);
        }
        int failed = switch (next) {
            case Next.TryAgain _ -> records;
            case Next.Settle settle -> settle.failed().size();
        };
        if (failed > 0) {
            counts.add(QueueCounts.Kind.FAILED_INVOKE, failed);
        }
    }

    // ---- Giving up.

    /** What records that are given up together have in common. */
    private record Given(int receiveCount, Optional<LastFailure> lastFailure) {
        @Nullable
        LastFailure failure() {
            return lastFailure.orElse(null);
        }
    }

    private Optional<LastFailure> failure(Judged judged) {
        return judged.size() > room
                ? Optional.of(new LastFailure(
                        "MaximumPayloadSizeExceeded",
                        "the record makes an event longer than " + EventForm.LONGEST_EVENT + " bytes"))
                : Optional.ofNullable(work.lastFailure(judged.held()));
    }

    /** Tries until the records are kept elsewhere. Meanwhile their locks are renewed, so that the broker does not count on. */
    private void giveUp(Given given, List<Held> records) {
        var pause = FIRST_PAUSE;
        var values = records.stream().map(one -> one.record).toList();
        while (true) {
            try {
                handover.giveUp(values, given.receiveCount(), given.failure());
                work.handedOver(records);
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .addKeyValue("records", records.size())
                        .setCause(e)
                        .log("records that are given up could not be handed over, tried again");
            }
            try {
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Ends in good order: receives nothing more, lets what runs end within the drain timeout, and releases what is left then. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            try {
                end();
            } finally {
                closed.complete(null);
            }
        } else {
            closed.join();
        }
    }

    private void end() {
        work.beginClosing();
        try {
            director.interrupt(); // It may be waiting for the cluster.
            director.join();
            work.awaitNobodyAsks(ENDING);
            work.beginReleasing();
            work.awaitDrained(settings.drainTimeout());
            work.abandon();
            calls.shutdownNow();
            lanes.shutdown();
            if (!lanes.awaitTermination(ENDING.toSeconds(), TimeUnit.SECONDS)) {
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .log("the cluster does not answer; what is locked is received again when its locks end");
            }
        } catch (InterruptedException e) {
            work.abandon();
            calls.shutdownNow();
            lanes.shutdown();
            Thread.currentThread().interrupt();
        }
    }
}
