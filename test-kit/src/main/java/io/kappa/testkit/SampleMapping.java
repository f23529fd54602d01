package io.kappa.testkit;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.contracts.registry.EventSourceMappingRecord.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event source mapping as one could be: enabled, and with no more options than a mapping must have, except for what a test says of it. */
public final class SampleMapping {
    private final EventSource source;
    private String uuid = "f25a0b8c-5b43-4f3a-9a5b-0c9e1f1f5a11";
    private String target = "arn:aws:lambda:us-east-1:000000000000:function:ship";
    private @Nullable String consumerGroup;
    private List<SourceAccess> access = List.of();
    private int batchSize = 10;
    private @Nullable Integer batchWindowSeconds;
    private int maximumRetryAttempts = Options.UNLIMITED;
    private boolean reportItemFailures;
    private @Nullable String onFailure;
    private Instant lastModified = Instant.EPOCH;
    private @Nullable String lastProcessingResult;

    private SampleMapping(EventSource source) {
        this.source = source;
    }

    public static SampleMapping of(EventSource source) {
        return new SampleMapping(source);
    }

    public SampleMapping uuid(String given) {
        uuid = given;
        return this;
    }

    /** @param given ARN of a function, with or without a qualifier */
    public SampleMapping target(String given) {
        target = given;
        return this;
    }

    public SampleMapping consumerGroup(String given) {
        consumerGroup = given;
        return this;
    }

    public SampleMapping access(List<SourceAccess> given) {
        access = given;
        return this;
    }

    public SampleMapping batchSize(int given) {
        batchSize = given;
        return this;
    }

    public SampleMapping batchWindowSeconds(@Nullable Integer given) {
        batchWindowSeconds = given;
        return this;
    }

    public SampleMapping maximumRetryAttempts(int given) {
        maximumRetryAttempts = given;
        return this;
    }

    public SampleMapping reportItemFailures(boolean given) {
        reportItemFailures = given;
        return this;
    }

    public SampleMapping onFailure(@Nullable String given) {
        onFailure = given;
        return this;
    }

    public SampleMapping lastModified(Instant given) {
        lastModified = given;
        return this;
    }

    public SampleMapping lastProcessingResult(String given) {
        lastProcessingResult = given;
        return this;
    }

    public EventSourceMappingRecord record() {
        return new EventSourceMappingRecord(
                new MappingId("us-east-1", "000000000000", uuid),
                1,
                InvocationTarget.parse(target),
                source,
                access,
                consumerGroup == null ? uuid : consumerGroup,
                true,
                State.Enabled,
                "User action",
                lastModified,
                lastProcessingResult,
                new Options(
                        batchSize,
                        batchWindowSeconds,
                        null,
                        null,
                        1,
                        List.of(),
                        maximumRetryAttempts,
                        Options.UNLIMITED,
                        false,
                        0,
                        reportItemFailures,
                        onFailure,
                        null,
                        null,
                        null,
                        null),
                Map.of());
    }
}
