package io.kappa.mapper.stream;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.mapper.checkpoint.Checkpoint;
import io.kappa.mapper.checkpoint.Checkpoints;
import io.kappa.mapper.event.BatchResponse;
import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.handover.Cause;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.invoke.Invoker;
import io.kappa.mapper.shard.CallResult;
import io.kappa.mapper.shard.Progress;
import io.kappa.mapper.shard.Shard;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.shard.Step;
import io.kappa.mapper.skip.Skips;
import io.kappa.mapper.source.SourceException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one mapping's source in this process, as a member of the mapping's consumer group, and calls its function.
 *
 * <p>One thread owns the consumer and the shards; everything slow, building events, calling the function, keeping what is given up, happens
 * elsewhere and comes back to that thread as a task. A shard that is taken away gets time to finish what runs and is committed within the
 * rebalance; what does not finish in time is delivered again by the next owner, and counted here.
 */
public final class StreamPoller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPoller.class);
    private static final long LONGEST_POLL = 500;
    private static final long BETWEEN_MEASUREMENTS = 1_000;

    private final StreamMapping mapping;
    private final StreamSettings settings;
    private final Checkpoints checkpoints;
    private final Skips skips;
    private final Invoker invoker;
    private final StreamHandover handover;
    private final StreamCounts counts;
    private final StreamListener listener;
    private final Executor workers;
    private final Clock clock;
    private final Mailbox mailbox = new Mailbox();
    private final Map<TopicPartition, Owned> shards = new HashMap<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean opened;
    private boolean commitUnderWay;
    private boolean announced;
    private boolean metadataTooLong;
    private int calls;
    private @Nullable String lastResult;

    /** A shard of ours. */
    private static final class Owned {
        final Shard shard;
        final String topicId;
        Progress committed;
        boolean dirty;
        boolean checkpointing;
        volatile boolean lost;
        long lastSettled;
        int uncommitted;
        int beingCommitted;

        Owned(Shard shard, String topicId, Progress committed) {
            this.shard = shard;
            this.topicId = topicId;
            this.committed = committed;
        }
    }

    /**
     * Starts reading.
     *
     * @param workers for what may block
     */
    public StreamPoller(
            StreamMapping mapping,
            StreamSettings settings,
            Checkpoints checkpoints,
            Skips skips,
            Invoker invoker,
            StreamHandover handover,
            StreamCounts counts,
            StreamListener listener,
            Executor workers,
            Clock clock) {
        this.mapping = mapping;
        this.settings = settings;
        this.checkpoints = checkpoints;
        this.skips = skips;
        this.invoker = invoker;
        this.handover = handover;
        this.counts = counts;
        this.listener = listener;
        this.workers = workers;
        this.clock = clock;
        this.thread =
                Thread.ofPlatform().name("mapping-" + mapping.uuid()).daemon().start(this::run);
    }

    private void run() {
        int failures = 0;
        while (!closing) {
            try {
                read();
                return;
            } catch (LostPositionException e) {
                LOG.atError().addKeyValue("mappingId", mapping.uuid()).log(e.getMessage());
                listener.broken(String.valueOf(e.getMessage()));
                return;
            } catch (InterruptedException e) {
                return;
            } catch (ExecutionException | KafkaException | SourceException | IllegalStateException e) {
                var cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
                counts.pollFailed();
                LOG.atWarn()
                        .addKeyValue("mappingId", mapping.uuid())
                        .setCause(cause)
                        .log("the source could not be read and is tried again");
                result(problem(cause));
                pause(settings.beforeRestart().millis(++failures));
            } catch (RuntimeException | Error e) {
                LOG.atError()
                        .addKeyValue("mappingId", mapping.uuid())
                        .setCause(e)
                        .log("a defect stopped the mapping");
                listener.broken("The mapper cannot go on with this mapping: " + e);
                return;
            } finally {
                abandonAll();
            }
        }
    }

    private static String problem(Throwable cause) {
        return switch (cause) {
            case AuthenticationException _ -> "PROBLEM: EVENT_SOURCE_AUTHN_ERROR: " + cause.getMessage();
            case AuthorizationException _ -> "PROBLEM: EVENT_SOURCE_AUTHZ_ERROR: " + cause.getMessage();
            case UnknownTopicOrPartitionException _ ->
                "PROBLEM: ESM_CONFIG_NOT_VALID: The source's topic does not exist.";
            case SourceException _, InvalidConfigurationException _ ->
                "PROBLEM: ESM_CONFIG_NOT_VALID: " + cause.getMessage();
            case KafkaException _ when cause.getCause() instanceof KafkaException reason -> problem(reason);
            default ->
                "PROBLEM: The source could not be read: "
                        + Objects.requireNonNullElse(
                                cause.getMessage(), cause.getClass().getSimpleName());
        };
    }

    private void pause(long millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!closing && System.nanoTime() < until) {
            mailbox.runWithin(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
        }
    }

    private void read() throws InterruptedException, ExecutionException {
        announced = false;
        opened = false;
        commitUnderWay = false;
        try (var admin = Admin.create(mapping.client())) {
            var positions = new Positions(mapping, admin, checkpoints, skips, clock);
            positions.initialise();
            var consumer = StreamConsumers.open(mapping, settings, admin);
            mailbox.attach(consumer);
            opened = true;
            try {
                var owners = new Owners(consumer, positions);
                consumer.subscribe(mapping.record().source().topics(), owners);
                loop(consumer, owners);
                mailbox.undisturbed(() -> drain(consumer, List.copyOf(shards.keySet()), positions));
            } finally {
                mailbox.detach();
                consumer.close(
                        CloseOptions.timeout(Duration.ofSeconds(5))); // A named member stays, for it may soon be back.
            }
        }
    }

    private void loop(Consumer<byte[], byte[]> consumer, Owners owners) {
        long measured = 0;
        while (!closing) {
            mailbox.runAll();
            long now = clock.millis();
            startSteps(now);
            makeRoom(consumer);
            commit(consumer);
            if (now - measured >= BETWEEN_MEASUREMENTS) {
                measure(consumer, now);
                measured = now;
            }
            take(poll(consumer, now), owners);
        }
    }

    /**
     * The consumer may miss positions of partitions that it has just been given, a moment before it tells of them. They have one by the next
     * poll, which tells first.
     */
    private ConsumerRecords<byte[], byte[]> poll(Consumer<byte[], byte[]> consumer, long now) {
        try {
            return mailbox.poll(consumer, Duration.ofMillis(untilDue(now)));
        } catch (NoOffsetForPartitionException e) {
            if (e.partitions().stream().anyMatch(shards::containsKey)) {
                throw e;
            }
            return ConsumerRecords.empty();
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records, Owners owners) {
        if (owners.problem != null) {
            throw owners.problem;
        }
        if (owners.joined && !announced) {
            announced = true;
            listener.reading();
        }
        long now = clock.millis();
        for (var shard : records.partitions()) {
            var owned = shards.get(shard);
            if (owned != null) {
                take(shard, owned, records.records(shard), now);
            }
        }
        records.nextOffsets().forEach((shard, next) -> {
            var owned = shards.get(shard);
            if (owned != null) {
                owned.shard.readTo(next.offset());
                owned.dirty = true;
            }
        });
    }

    private void take(TopicPartition shard, Owned owned, List<ConsumerRecord<byte[], byte[]>> records, long now) {
        int filtered = 0;
        for (var record : records) {
            if (owned.shard.settledBefore(record.offset())) {
                owned.shard.readTo(record.offset() + 1);
            } else if (mapping.filter().lets(record)) {
                owned.shard.read(
                        record,
                        mapping.form()
                                .problem(record)
                                .map(_ -> Cause.UNREADABLE)
                                .orElse(null),
                        now);
            } else {
                owned.shard.readTo(record.offset() + 1);
                filtered++;
            }
        }
        counts.polled(shard, records.size());
        if (filtered > 0) {
            counts.filteredOut(shard, filtered);
        }
    }

    private long untilDue(long now) {
        long due = Long.MAX_VALUE;
        if (calls < mapping.mostCalls()) {
            for (var owned : shards.values()) {
                if (!owned.checkpointing) {
                    due = Math.min(due, owned.shard.due(now));
                }
            }
        }
        return Math.clamp(due - now, 0, LONGEST_POLL);
    }

    private void startSteps(long now) {
        for (var entry : shards.entrySet()) {
            if (!entry.getValue().checkpointing) {
                startSteps(entry.getKey(), entry.getValue(), now);
            }
        }
    }

    private void startSteps(TopicPartition shard, Owned owned, long now) {
        boolean commanded = !skips.of(mapping.uuid()).isEmpty();
        var steps = owned.shard.next(
                mapping.mostCalls() - calls,
                offset -> commanded
                        && skips.covering(mapping.uuid(), shard, offset).isPresent(),
                now);
        for (var step : steps) {
            calls++;
            switch (step) {
                case Step.Call call -> {
                    counts.invoked(shard, call.records().size());
                    workers.execute(() -> call(shard, owned, call));
                }
                case Step.HandOver givenUp -> workers.execute(() -> handOver(shard, owned, givenUp));
            }
        }
    }

    /** On a worker. */
    private void call(TopicPartition shard, Owned owned, Step.Call call) {
        CompletableFuture<InvokeOutcome> outcome;
        try {
            var event = mapping.form().event(call.records(), receiveCounts(call), call.window());
            outcome = invoker.invoke(mapping.record().target(), event);
        } catch (RuntimeException | Error e) {
            outcome = CompletableFuture.failedFuture(e);
        }
        // Whatever happens comes back: a lane that hears nothing of its call would stand still for good.
        var _ = outcome.thenApply(came -> result(call, came))
                .exceptionally(failure -> new CallResult.NotRun(false, "the call came to nothing: " + failure))
                .thenAccept(result -> mailbox.post(() -> called(shard, owned, call, result)));
    }

    /** A record that is tried again has been received again, as a queue sees it. */
    private static EventForm.ReceiveCounts receiveCounts(Step.Call call) {
        return _ -> call.attempt();
    }

    private CallResult result(Step.Call call, InvokeOutcome outcome) {
        return switch (outcome) {
            case InvokeOutcome.Answered(var version, var response) ->
                switch (mapping.form().read(response, call.records())) {
                    case BatchResponse.Succeeded(var state) -> new CallResult.Succeeded(state);
                    case BatchResponse.Partly(var failed, var state) ->
                        new CallResult.PartlyFailed(
                                failed,
                                state,
                                new Step.Failure(version, false, "", "the function reported failed records"));
                    case BatchResponse.Failed(var reason) ->
                        new CallResult.Failed(new Step.Failure(version, false, "", reason));
                };
            case InvokeOutcome.FunctionFailed(var version, var type, var message) ->
                new CallResult.Failed(new Step.Failure(version, true, type, message));
            case InvokeOutcome.NotRun(var why, var message) ->
                new CallResult.NotRun(why == InvokeOutcome.Why.THROTTLED, message);
        };
    }

    private void called(TopicPartition shard, Owned owned, Step.Call call, CallResult result) {
        calls--;
        if (owned.lost) {
            return; // Somebody else has the shard, and calls again.
        }
        long now = clock.millis();
        int settled = owned.shard.called(call, result, now);
        if (settled > 0) {
            settled(shard, owned, call.records(), settled);
        }
        owned.dirty = true;
        switch (result) {
            case CallResult.Succeeded _ -> result(MappingReport.OK);
            case CallResult.NotRun(var _, var message) -> {
                result(MappingReport.FUNCTION_CALL_FAILED);
                LOG.atDebug()
                        .addKeyValue("mappingId", mapping.uuid())
                        .addKeyValue("shard", shard)
                        .log("the function was not run: {}", message);
            }
            case CallResult.PartlyFailed _, CallResult.Failed _ -> {
                counts.failed(shard, call.records().size() - settled);
                result(MappingReport.FUNCTION_CALL_FAILED);
            }
        }
        if (mapping.rules().tumblingWindow().isPositive() && !(result instanceof CallResult.NotRun)) {
            checkpoint(shard, owned);
        }
    }

    private void settled(TopicPartition shard, Owned owned, List<ConsumerRecord<byte[], byte[]>> records, int settled) {
        owned.lastSettled = records.getLast().timestamp();
        owned.uncommitted += settled;
        counts.committed(shard, settled);
    }

    /** A window's state is kept before the position that it belongs to is committed. Meanwhile the shard rests. */
    private void checkpoint(TopicPartition shard, Owned owned) {
        owned.checkpointing = true;
        var progress = owned.shard.progress();
        var window = owned.shard.window().orElse(null);
        workers.execute(() -> {
            boolean kept = until(
                    owned,
                    "a checkpoint could not be kept and is tried again",
                    () -> checkpoints
                            .write(
                                    mapping.uuid(),
                                    shard,
                                    new Checkpoint(owned.topicId, progress.position(), window, clock.instant()))
                            .join());
            if (kept) {
                mailbox.post(() -> {
                    owned.checkpointing = false;
                    owned.dirty = true;
                });
            }
        });
    }

    /** On a worker. */
    private void handOver(TopicPartition shard, Owned owned, Step.HandOver givenUp) {
        boolean kept = until(
                owned,
                "records that are given up could not be kept and are tried again",
                () -> handover.keep(mapping, givenUp));
        mailbox.post(() -> {
            calls--;
            if (kept && !owned.lost) {
                int settled = owned.shard.handedOver(givenUp, clock.millis());
                settled(shard, owned, givenUp.records(), settled);
                counts.givenUp(shard, settled, givenUp.cause());
                owned.dirty = true;
            }
        });
    }

    /** Tries until it is done, which is true, or until nobody is interested any more, or the process ends. */
    private boolean until(Owned owned, String warning, Runnable task) {
        int failures = 0;
        while (!owned.lost) {
            try {
                task.run();
                return true;
            } catch (RuntimeException | Error e) {
                LOG.atWarn()
                        .addKeyValue("mappingId", mapping.uuid())
                        .setCause(e)
                        .log(warning);
                try {
                    Thread.sleep(settings.beforeRestart().millis(++failures));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return false;
    }

    private void makeRoom(Consumer<byte[], byte[]> consumer) {
        for (var entry : shards.entrySet()) {
            var shard = List.of(entry.getKey());
            boolean paused = consumer.paused().contains(entry.getKey());
            boolean wants = entry.getValue().shard.wantsRecords();
            if (wants && paused) {
                consumer.resume(shard);
            } else if (!wants && !paused) {
                consumer.pause(shard);
            }
        }
    }

    /** At most one commit at a time: the next one takes along what has been settled meanwhile. */
    private void commit(Consumer<byte[], byte[]> consumer) {
        if (commitUnderWay) {
            return;
        }
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        var progress = new HashMap<Owned, Progress>();
        for (var entry : shards.entrySet()) {
            var owned = entry.getValue();
            if (owned.dirty && !owned.checkpointing) {
                owned.dirty = false;
                var now = owned.shard.progress();
                if (!now.equals(owned.committed)) {
                    owned.beingCommitted = owned.uncommitted;
                    progress.put(owned, now);
                    offsets.put(entry.getKey(), committable(owned, now));
                }
            }
        }
        if (offsets.isEmpty()) {
            return;
        }
        commitUnderWay = true;
        consumer.commitAsync(offsets, (_, failure) -> {
            commitUnderWay = false;
            progress.forEach((owned, made) -> { // Of shards as they were then: they may have been lost and come back.
                if (failure == null) {
                    owned.committed = made;
                    owned.uncommitted -= owned.beingCommitted;
                } else {
                    owned.dirty = true;
                }
            });
            if (failure instanceof OffsetMetadataTooLarge) {
                metadataTooLong = true;
            }
            if (failure != null) {
                commitFailed(failure);
            }
        });
    }

    private void commitFailed(Exception failure) {
        counts.commitFailed();
        LOG.atWarn()
                .addKeyValue("mappingId", mapping.uuid())
                .setCause(failure)
                .log("positions could not be committed and will be");
    }

    /** A cluster may allow less metadata than Kafka does by default. Then only the topic goes with the position. */
    private OffsetAndMetadata committable(Owned owned, Progress progress) {
        var kept = metadataTooLong ? Progress.at(progress.position()) : progress;
        return new OffsetAndMetadata(progress.position(), kept.metadata(owned.topicId));
    }

    private void measure(Consumer<byte[], byte[]> consumer, long now) {
        for (var entry : shards.entrySet()) {
            var owned = entry.getValue();
            var lag = consumer.currentLag(entry.getKey());
            var view = owned.shard.view(now);
            if (lag.isPresent()) {
                long records = lag.getAsLong() + view.read() - view.position();
                long since = owned.shard.oldest().orElse(owned.lastSettled);
                counts.behind(entry.getKey(), records, records == 0 || since == 0 ? 0 : Math.max(0, now - since));
            }
        }
    }

    /** Lets what runs in some shards come to its end, commits, and lets go of them. */
    private void drain(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> leaving, Positions positions) {
        long until = System.nanoTime() + settings.drainTimeout().toNanos();
        while (busy(leaving) && System.nanoTime() < until) {
            mailbox.runWithin(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
        }
        try {
            commitNow(consumer, leaving);
            for (var shard : leaving) {
                var owned = shards.get(shard);
                if (owned != null) {
                    owned.uncommitted = 0;
                }
                if (owned != null && !mapping.rules().tumblingWindow().isPositive()) {
                    var _ = positions.checkpoint(shard, owned.shard.progress(), null);
                }
            }
        } catch (WakeupException e) {
            throw e; // To be made again.
        } catch (KafkaException e) {
            commitFailed(e);
        }
        leaving.forEach(this::abandon);
    }

    private void commitNow(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> leaving) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (var shard : leaving) {
            var owned = shards.get(shard);
            if (owned != null) {
                offsets.put(shard, committable(owned, owned.shard.progress()));
            }
        }
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets);
        } catch (OffsetMetadataTooLarge e) {
            if (metadataTooLong) {
                throw e;
            }
            metadataTooLong = true;
            commitNow(consumer, leaving);
        }
    }

    private boolean busy(Collection<TopicPartition> some) {
        return some.stream()
                .map(shards::get)
                .anyMatch(owned -> owned != null && (owned.shard.busy() || owned.checkpointing));
    }

    private void abandon(TopicPartition shard) {
        var owned = shards.remove(shard);
        if (owned != null) {
            owned.lost = true;
            int repeated = owned.shard.inFlight() + owned.uncommitted;
            if (repeated > 0) {
                counts.repeated(shard, repeated);
            }
            counts.gone(shard);
        }
    }

    private void abandonAll() {
        List.copyOf(shards.keySet()).forEach(this::abandon);
    }

    private void result(String result) {
        if (!result.equals(lastResult)) {
            lastResult = result;
            listener.result(result);
        }
    }

    /** Keeps the shards in step with what the group gives and takes. */
    private final class Owners implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> consumer;
        private final Positions positions;
        private @Nullable RuntimeException problem;
        private boolean joined;

        Owners(Consumer<byte[], byte[]> consumer, Positions positions) {
            this.consumer = consumer;
            this.positions = positions;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> given) {
            joined = true;
            counts.rebalanced();
            if (given.isEmpty()) {
                return;
            }
            mailbox.undisturbed(() -> {
                try {
                    positions.resolve(consumer, given).forEach(this::own);
                } catch (WakeupException e) {
                    throw e; // To be made again.
                } catch (LostPositionException | KafkaException e) {
                    problem = e;
                    consumer.pause(given);
                } catch (InterruptedException | ExecutionException e) {
                    problem = new KafkaException(
                            "positions could not be found out", e instanceof ExecutionException ? e.getCause() : e);
                    consumer.pause(given);
                }
            });
        }

        private void own(TopicPartition shard, Positions.Start start) {
            consumer.seek(shard, start.progress().position());
            shards.put(
                    shard,
                    new Owned(
                            new Shard(
                                    mapping.rules(),
                                    mapping.form(),
                                    shard.partition(),
                                    start.progress(),
                                    start.window()),
                            start.topicId(),
                            start.progress()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            mailbox.undisturbed(() -> drain(consumer, taken, positions));
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> gone) {
            gone.forEach(StreamPoller.this::abandon);
        }
    }

    /** How each of the shards stands that this process reads. Empty where the poller does not answer in time. */
    public Map<TopicPartition, ShardView> shards(Duration patience) throws InterruptedException {
        var views = new CompletableFuture<Map<TopicPartition, ShardView>>();
        mailbox.post(() -> {
            var all = new TreeMap<TopicPartition, ShardView>(
                    Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
            shards.forEach((shard, owned) -> all.put(shard, owned.shard.view(clock.millis())));
            views.complete(all);
        });
        try {
            return views.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return Map.of();
        }
    }

    /** Has the poller look at what operators want passed over. */
    public void nudge() {
        mailbox.post(() -> {});
    }

    /** Whether the poller still works; false once it has been closed or has found that it cannot go on. */
    public boolean alive() {
        return thread.isAlive();
    }

    /** Takes no more records, lets what runs end, commits, and leaves the group. */
    @Override
    public void close() {
        closing = true;
        nudge();
        if (!opened) {
            thread.interrupt(); // A cluster that does not answer would be waited for.
        }
        try {
            thread.join(settings.drainTimeout().plusSeconds(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
