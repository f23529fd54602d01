package io.kappa.mapper.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.kit.settings.Settings;
import io.kappa.mapper.queue.QueuePolicy;
import io.kappa.mapper.shard.ShardRules;
import io.kappa.testkit.SampleMapping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MappingRulesOfShardsTest {
    private static final EventSource KAFKA = new EventSource.SelfManagedKafka(List.of("a:9092"), List.of("orders"));
    private static final EventSource KINESIS =
            new EventSource.Kinesis("arn:aws:kinesis:us-east-1:000000000000:stream/orders", "orders");
    private static final RetrySettings SETTINGS = RetrySettings.from(new Settings(Map.of()));

    @Test
    void kafkaGathersForHalfASecondWhereNothingElseIsAskedFor() {
        assertThat(stream(KAFKA, null, -1, null).batchWindow()).isEqualTo(Duration.ofMillis(500));
        assertThat(stream(KAFKA, 0, -1, null).batchWindow()).isZero();
        assertThat(stream(KINESIS, null, -1, null).batchWindow()).isZero();
    }

    @Test
    void kafkaRetriesTenTimesWhereThereIsADestinationAndNoLimit() {
        assertThat(stream(KAFKA, 0, -1, "kafka://failed").maximumRetryAttempts())
                .isEqualTo(10);
        assertThat(stream(KAFKA, 0, -1, null).maximumRetryAttempts()).isEqualTo(ShardRules.UNLIMITED);
        assertThat(stream(KAFKA, 0, 3, "kafka://failed").maximumRetryAttempts()).isEqualTo(3);
        assertThat(stream(KINESIS, 0, -1, "kafka://failed").maximumRetryAttempts())
                .isEqualTo(ShardRules.UNLIMITED);
    }

    @Test
    void aFifoQueueHidesAFailedMessageForItsVisibilityTimeoutAndGivesUpAfterItsMostReceives() {
        var queue = new EventSource.Queue("arn:aws:sqs:us-east-1:000000000000:orders.fifo", "orders.fifo", true);

        var rules = MappingRules.ofFifoQueue(
                mapping(queue, null, -1, null), new QueuePolicy(Duration.ofSeconds(7), 3, null), SETTINGS);

        assertThat(rules.lanes()).isEqualTo(ShardRules.BY_KEY);
        assertThat(rules.maximumRetryAttempts()).isEqualTo(2);
        assertThat(rules.retry().millis(1)).isEqualTo(7_000);
        assertThat(rules.retry().millis(2)).isEqualTo(7_000);
        assertThat(rules.failuresOneByOne()).isTrue();
    }

    @Test
    void waitsDoubleUpToALimit() {
        var retry = stream(KAFKA, 0, -1, null).retry();

        assertThat(List.of(retry.millis(1), retry.millis(2), retry.millis(3), retry.millis(50)))
                .containsExactly(1_000L, 2_000L, 4_000L, 60_000L);
    }

    private static ShardRules stream(
            EventSource source, @Nullable Integer window, int retries, @Nullable String onFailure) {
        return MappingRules.ofStream(mapping(source, window, retries, onFailure), SETTINGS);
    }

    private static EventSourceMappingRecord mapping(
            EventSource source, @Nullable Integer window, int retries, @Nullable String onFailure) {
        return SampleMapping.of(source)
                .batchWindowSeconds(window)
                .maximumRetryAttempts(retries)
                .onFailure(onFailure)
                .record();
    }
}
