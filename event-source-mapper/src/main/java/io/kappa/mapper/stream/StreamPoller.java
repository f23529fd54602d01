package io.kappa.mapper.stream;

import io.kappa.mapper.checkpoint.Checkpoints;
import io.kappa.mapper.invoke.Invoker;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.skip.Skips;
import io.kappa.mapper.source.SourceException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one mapping's source in this process, as a member of the mapping's consumer group, and calls its function.
 *
 * <p>One thread owns the consumer ({@link Membership}); everything slow, building events, calling the function, keeping what is given up,
 * happens on workers ({@link StepRunner}); they meet in {@link OwnedShards}. A shard that is taken away gets time to finish what runs and is
 * committed within the rebalance; what does not finish in time is delivered again by the next owner, and counted here.
 */
public final class StreamPoller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPoller.class);
    private static final Duration BEYOND_DRAINING = Duration.ofSeconds(30);

    private final StreamMapping mapping;
    private final StreamSettings settings;
    private final Checkpoints checkpoints;
    private final Skips skips;
    private final StreamCounts counts;
    private final StreamListener listener;
    private final Clock clock;
    private final OwnedShards shards;
    private final StepRunner runner;
    private final LastResult lastResult;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean opened;

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
        this.counts = counts;
        this.listener = listener;
        this.clock = clock;
        this.lastResult = new LastResult(listener);
        this.shards = new OwnedShards(mapping, skips, counts, clock);
        this.runner = new StepRunner(
                mapping, shards, checkpoints, invoker, handover, counts, lastResult, settings.beforeRestart(), workers);
        this.thread =
                Thread.ofPlatform().name("mapping-" + mapping.uuid()).daemon().start(this::run);
    }

    private void run() {
        int failures = 0;
        while (!isClosing()) {
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
                lastResult.is(problem(cause));
                if (closesWithin(settings.beforeRestart().millis(++failures))) {
                    return;
                }
            } catch (RuntimeException | Error e) {
                LOG.atError()
                        .addKeyValue("mappingId", mapping.uuid())
                        .setCause(e)
                        .log("a defect stopped the mapping");
                listener.broken("The mapper cannot go on with this mapping: " + e);
                return;
            } finally {
                shards.abandonAll();
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

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private boolean closesWithin(long millis) {
        try {
            return closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private void read() throws InterruptedException, ExecutionException {
        opened = false;
        try (var admin = Admin.create(mapping.client())) {
            var positions = new Positions(mapping, admin, checkpoints, skips, clock);
            positions.initialise();
            var consumer = StreamConsumers.open(mapping, settings, admin);
            opened = true;
            try {
                new Membership(
                                mapping,
                                settings,
                                consumer,
                                positions,
                                checkpoints,
                                shards,
                                runner,
                                counts,
                                listener,
                                clock,
                                closing)
                        .read();
            } finally {
                consumer.close(
                        CloseOptions.timeout(Duration.ofSeconds(5))); // A named member stays, for it may soon be back.
            }
        }
    }

    /** How each of the shards stands that this process reads. */
    public Map<TopicPartition, ShardView> shards() {
        return shards.views();
    }

    /** Whether the poller still works; false once it has been closed or has found that it cannot go on. */
    public boolean alive() {
        return thread.isAlive();
    }

    /** Takes no more records, lets what runs end, commits, and leaves the group. */
    @Override
    public void close() {
        closing.countDown();
        if (!opened) {
            thread.interrupt(); // A cluster that does not answer would be waited for.
        }
        try {
            thread.join(settings.drainTimeout().plus(BEYOND_DRAINING));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
