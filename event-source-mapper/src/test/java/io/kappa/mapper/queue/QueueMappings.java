package io.kappa.mapper.queue;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.testkit.SampleMapping;
import org.jspecify.annotations.Nullable;

/** Mappings of standard queues, as tests need them. */
final class QueueMappings {
    static EventSourceMappingRecord of(
            String queue, int batchSize, @Nullable Integer window, boolean reportItemFailures) {
        return SampleMapping.of(new EventSource.Queue("arn:aws:sqs:us-east-1:000000000000:" + queue, queue, false))
                .batchSize(batchSize)
                .batchWindowSeconds(window)
                .reportItemFailures(reportItemFailures)
                .record();
    }

    private QueueMappings() {}
}
