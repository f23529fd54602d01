package io.kappa.mapper.control;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.testkit.SampleMapping;
import java.time.Instant;
import java.util.List;

/** Mappings that could be. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    static final String UUID = "7f3a0c5e-0000-4000-8000-000000000001";

    static EventSource kafka(String... topics) {
        return new EventSource.SelfManagedKafka(List.of("b-1:9092", "b-2:9092"), List.of(topics));
    }

    static EventSourceMappingRecord mapping(EventSource source) {
        return mapping(UUID, source);
    }

    static EventSourceMappingRecord mapping(String uuid, EventSource source) {
        return SampleMapping.of(source)
                .uuid(uuid)
                .target("arn:aws:lambda:us-east-1:000000000000:function:ship:prod")
                .consumerGroup("shippers")
                .batchSize(100)
                .lastModified(NOON)
                .lastProcessingResult("OK")
                .record();
    }

    private Samples() {}
}
