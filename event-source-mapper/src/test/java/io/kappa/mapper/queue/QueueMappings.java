package io.kappa.mapper.queue;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Mappings of standard queues, as tests need them. */
final class QueueMappings {
    static EventSourceMappingRecord of(
            String queue, int batchSize, @Nullable Integer window, boolean reportItemFailures) {
        return new EventSourceMappingRecord(
                new MappingId("us-east-1", "000000000000", "f0f0f0f0-1111-2222-3333-444444444444"),
                1,
                InvocationTarget.parse("arn:aws:lambda:us-east-1:000000000000:function:taker"),
                new EventSource.Queue("arn:aws:sqs:us-east-1:000000000000:" + queue, queue, false),
                List.of(),
                "f0f0f0f0-1111-2222-3333-444444444444",
                true,
                EventSourceMappingRecord.State.Enabled,
                "USER_INITIATED",
                Instant.EPOCH,
                null,
                new EventSourceMappingRecord.Options(
                        batchSize,
                        window,
                        null,
                        null,
                        1,
                        List.of(),
                        -1,
                        -1,
                        false,
                        0,
                        reportItemFailures,
                        null,
                        null,
                        null,
                        null,
                        null),
                Map.of());
    }

    private QueueMappings() {}
}
