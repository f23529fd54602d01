package io.kappa.mapper.control;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.contracts.registry.EventSourceMappingRecord.StartingPosition;
import io.kappa.contracts.registry.EventSourceMappingRecord.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;

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
        return new EventSourceMappingRecord(
                new MappingId("us-east-1", "000000000000", uuid),
                1,
                InvocationTarget.parse("arn:aws:lambda:us-east-1:000000000000:function:ship:prod"),
                source,
                List.of(),
                "shippers",
                true,
                State.Enabled,
                "User action",
                NOON,
                "OK",
                new Options(
                        100,
                        0,
                        StartingPosition.TRIM_HORIZON,
                        null,
                        1,
                        List.of(),
                        -1,
                        -1,
                        false,
                        0,
                        false,
                        null,
                        null,
                        null,
                        null,
                        null),
                Map.of());
    }

    private Samples() {}
}
