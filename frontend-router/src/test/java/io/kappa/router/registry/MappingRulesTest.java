package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ORDERS;
import static io.kappa.router.registry.Samples.QUEUE;
import static io.kappa.router.registry.Samples.STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MappingRulesTest {
    private static final Queue FIFO = new Queue("arn:aws:sqs:us-east-1:111111111111:q.fifo", "q.fifo", true);

    private static MappingChange batch(int size, int window) {
        return new MappingChange(
                null, null, null, size, window, null, null, null, null, null, null, null, null, null, null, null);
    }

    private static Options with(MappingChange change) {
        return change.appliedTo(Samples.options(10));
    }

    @Test
    void largeBatchesOfAQueueTakeTimeToGather() {
        assertThat(MappingRules.problem(QUEUE, Samples.options(10))).isEmpty();
        assertThat(MappingRules.problem(QUEUE, with(batch(10_000, 1)))).isEmpty();
        assertThat(MappingRules.problem(QUEUE, with(batch(11, 0))))
                .hasValue(
                        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
        assertThat(MappingRules.problem(STREAM, with(batch(10_000, 0)))).isEmpty();
    }

    @Test
    void queuesWithOrderHaveSmallBatchesAndNoWindow() {
        assertThat(MappingRules.problem(FIFO, with(batch(10, 0)))).isEmpty();
        assertThat(MappingRules.problem(FIFO, with(batch(11, 0)))).hasValue("Maximum batch size is 10 for FIFO queues");
        assertThat(MappingRules.problem(FIFO, with(batch(10, 1))))
                .hasValue("Batching window is not supported for FIFO queues");
    }

    @Test
    void agesBelowAMinuteAreNoLimit() {
        assertThat(MappingRules.problem(STREAM, limited(59, 0, 1, null)))
                .hasValue("MaximumRecordAgeInSeconds must be -1 or at least 60");
        assertThat(MappingRules.problem(STREAM, limited(60, 0, 1, null))).isEmpty();
        assertThat(MappingRules.problem(STREAM, limited(-1, 0, 1, null))).isEmpty();
    }

    @Test
    void windowsAndParallelBatchesExcludeEachOther() {
        assertThat(MappingRules.problem(STREAM, limited(-1, 30, 2, null)))
                .hasValue("TumblingWindowInSeconds cannot be combined with a ParallelizationFactor greater than 1");
        assertThat(MappingRules.problem(STREAM, limited(-1, 30, 1, null))).isEmpty();
        assertThat(MappingRules.problem(STREAM, limited(-1, 0, 10, null))).isEmpty();
    }

    @Test
    void failuresDoNotGoBackToTheirSource() {
        assertThat(MappingRules.problem(ORDERS, limited(-1, 0, 1, "kafka://orders")))
                .hasValue("The destination topic cannot be a topic of the event source");
        assertThat(MappingRules.problem(ORDERS, limited(-1, 0, 1, "kafka://failed")))
                .isEmpty();
    }

    @Test
    void provisionedModeHasBoundsOfItsOwn() {
        assertThat(MappingRules.problem(QUEUE, scaled(5, 2, 10)))
                .hasValue("ScalingConfig and ProvisionedPollerConfig cannot be combined");
        assertThat(MappingRules.problem(QUEUE, scaled(0, 11, 10)))
                .hasValue("MinimumPollers cannot be greater than MaximumPollers");
        assertThat(MappingRules.problem(QUEUE, scaled(0, 2, 10))).isEmpty();
    }

    private static Options limited(int age, int tumbling, int parallelization, @Nullable String onFailure) {
        return with(new MappingChange(
                null,
                null,
                null,
                null,
                null,
                parallelization,
                null,
                null,
                age,
                null,
                tumbling,
                null,
                onFailure,
                null,
                null,
                null));
    }

    private static Options scaled(int concurrency, int minimum, int maximum) {
        return with(new MappingChange(
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                concurrency,
                new MappingChange.Pollers(minimum, maximum),
                null));
    }
}
