package io.kappa.mapper.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.registry.EventSourceMappingRecord.StartingPosition;
import io.kappa.mapper.checkpoint.Checkpoint;
import io.kappa.mapper.checkpoint.Checkpoints;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.invoke.Invoker;
import io.kappa.mapper.shard.OpenWindow;
import io.kappa.mapper.shard.ShardRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The state of a tumbling window outlives whoever reads the shard. The function remembers which records it has seen, and nothing else does. */
class WindowsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private Orders orders;
    private TopicPartition shard;
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    /** Adds what it is called with to the state: {@code a,b} is the state, and {@code +c} the record, {@code =} the end of the window. */
    private final Invoker remembers = (_, event, _) -> {
        try {
            var json = JSON.readTree(event);
            var state = json.path("state").path("seen").asText();
            var added = values(json);
            calls.add(state + (json.path("isFinalInvokeForWindow").asBoolean() ? "=" : "+" + String.join(",", added)));
            var all = new ArrayList<>(state.isEmpty() ? List.of() : List.of(state));
            all.addAll(added);
            return CompletableFuture.completedFuture(new InvokeOutcome.Answered(
                    "$LATEST", JSON.writeValueAsBytes(Map.of("state", Map.of("seen", String.join(",", all))))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    };

    @BeforeEach
    void produce() throws Exception {
        orders = new Orders(1);
        shard = new TopicPartition(orders.topic, 0);
    }

    @AfterEach
    void close() {
        orders.close();
    }

    @Test
    void aWindowGoesOnWithItsStateAfterARestartInTheMiddleOfIt() throws Exception {
        // given
        produceAt(0, "a");
        produceAt(1, "b");
        try (var _ = start()) {
            Orders.await("the first ones are settled", () -> orders.seen.settled.get() == 2);
        }
        // when
        try (var _ = start()) {
            produceAt(2, "c");
            produceAt(60, "next");
            // then
            Orders.await("the next window is open", () -> calls.contains("+next"));
        }
        assertThat(calls).containsExactly("+a", "a+b", "a,b+c", "a,b,c=", "+next");
    }

    @Test
    void whatIsCheckpointedAndNotCommittedIsNotCountedTwice() throws Exception {
        // given
        produceAt(0, "a");
        produceAt(1, "b");
        try (var _ = start()) {
            Orders.await("settled", () -> orders.seen.settled.get() == 2);
        }
        // when
        commit(1);
        try (var _ = start()) {
            produceAt(60, "next");
            Orders.await("the next window is open", () -> calls.contains("+next"));
        }
        // then
        assertThat(calls).containsExactly("+a", "a+b", "a,b=", "+next");
    }

    @Test
    void aLateCheckpointOfAnOwnerOfBeforeChangesNothing() throws Exception {
        // given
        produceAt(0, "a");
        try (var _ = start()) {
            Orders.await("settled", () -> orders.seen.settled.get() == 1);
        }
        produceAt(1, "b");
        try (var _ = start()) {
            Orders.await("settled", () -> orders.seen.settled.get() == 2);
        }
        // when
        var topicId = orders.checkpoints
                .latest(orders.uuid(), shard)
                .checkpoint()
                .orElseThrow()
                .topicId();
        var window =
                new OpenWindow(START.toEpochMilli(), START.plus(WINDOW).toEpochMilli(), "{\"seen\":\"late\"}", false);
        orders.checkpoints
                .write(orders.uuid(), shard, Checkpoints.FIRST_TERM, new Checkpoint(topicId, 1, window, Instant.EPOCH))
                .join();
        try (var _ = start()) {
            produceAt(2, "c");
            Orders.await("settled", () -> orders.seen.settled.get() == 3);
        }
        // then
        assertThat(calls).containsExactly("+a", "a+b", "a,b+c");
    }

    private void produceAt(int second, String value) {
        orders.produceAt(START.plusSeconds(second).toEpochMilli(), value);
    }

    private StreamPoller start() {
        var source =
                new EventSource.Kinesis("arn:aws:kinesis:us-east-1:000000000000:stream/" + orders.topic, orders.topic);
        return orders.start(orders.mapping(windowed(orders.rules()), StartingPosition.TRIM_HORIZON, source), remembers);
    }

    private static ShardRules windowed(ShardRules rules) {
        return new ShardRules(
                1,
                rules.batchWindow(),
                rules.lanes(),
                rules.maximumRetryAttempts(),
                rules.maximumRecordAge(),
                rules.bisect(),
                rules.failuresOneByOne(),
                WINDOW,
                Duration.ofDays(36_500), // Only a record of the next window ends one, so that no clock decides.
                rules.retry(),
                rules.throttle(),
                rules.mostBytes());
    }

    private void commit(long position) throws Exception {
        try (var admin = Admin.create(orders.kafka.clientProperties())) {
            admin.alterConsumerGroupOffsets(orders.uuid(), Map.of(shard, new OffsetAndMetadata(position)))
                    .all()
                    .get();
        }
    }

    private static List<String> values(JsonNode event) {
        var values = new ArrayList<String>();
        event.path("Records")
                .forEach(record -> values.add(new String(
                        Base64.getDecoder()
                                .decode(record.path("kinesis").path("data").asText()),
                        UTF_8)));
        return values;
    }
}
