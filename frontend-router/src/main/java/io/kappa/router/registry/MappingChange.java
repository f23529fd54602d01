package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The members of an event source mapping that a caller wants changed. Null leaves one as it is; an empty list or text clears what may be
 * absent.
 *
 * @param maximumConcurrency 0 clears it
 * @param pollers without a minimum and a maximum, ends provisioned mode
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MappingChange(
        @Nullable InvocationTarget target,
        @Nullable Boolean enabled,
        @Nullable List<SourceAccess> access,
        @Nullable Integer batchSize,
        @Nullable Integer batchWindowSeconds,
        @Nullable Integer parallelizationFactor,
        @Nullable List<String> filters,
        @Nullable Integer maximumRetryAttempts,
        @Nullable Integer maximumRecordAgeSeconds,
        @Nullable Boolean bisectOnError,
        @Nullable Integer tumblingWindowSeconds,
        @Nullable Boolean reportItemFailures,
        @Nullable String onFailure,
        @Nullable Integer maximumConcurrency,
        @Nullable Pollers pollers,
        @Nullable List<String> metrics) {

    /** What is set for provisioned mode. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Pollers(
            @Nullable Integer minimum, @Nullable Integer maximum) {}

    /** The options with the changes made. */
    Options appliedTo(Options before) {
        return new Options(
                orElse(batchSize, before.batchSize()),
                batchWindowSeconds == null ? before.batchWindowSeconds() : batchWindowSeconds,
                before.startingPosition(),
                before.startingTimestamp(),
                orElse(parallelizationFactor, before.parallelizationFactor()),
                orElse(filters, before.filters()),
                orElse(maximumRetryAttempts, before.maximumRetryAttempts()),
                orElse(maximumRecordAgeSeconds, before.maximumRecordAgeSeconds()),
                orElse(bisectOnError, before.bisectOnError()),
                orElse(tumblingWindowSeconds, before.tumblingWindowSeconds()),
                orElse(reportItemFailures, before.reportItemFailures()),
                onFailure == null ? before.onFailure() : onFailure.isEmpty() ? null : onFailure,
                concurrency(before.maximumConcurrency()),
                pollers == null ? before.minimumPollers() : pollers.minimum(),
                pollers == null ? before.maximumPollers() : pollers.maximum(),
                metrics(before.metrics()));
    }

    private @Nullable Integer concurrency(@Nullable Integer before) {
        if (maximumConcurrency == null) {
            return before;
        }
        return maximumConcurrency == 0 ? null : maximumConcurrency;
    }

    private @Nullable List<String> metrics(@Nullable List<String> before) {
        if (metrics == null) {
            return before;
        }
        return metrics.isEmpty() ? null : metrics;
    }

    static <T> T orElse(@Nullable T changed, T before) {
        return changed == null ? before : changed;
    }
}
