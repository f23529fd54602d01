package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants set for asynchronous invocations. Null leaves a member as it is, which in a new configuration is unset; an empty text
 * clears a destination.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EventInvokeChange(
        @Nullable Integer maximumRetryAttempts,
        @Nullable Integer maximumEventAgeInSeconds,
        @Nullable String onSuccess,
        @Nullable String onFailure) {

    /** The configuration with the changes made. */
    EventInvokeConfigRecord appliedTo(EventInvokeConfigRecord before, Instant now) {
        return new EventInvokeConfigRecord(
                before.function(),
                before.qualifier(),
                now,
                maximumRetryAttempts == null ? before.maximumRetryAttempts() : maximumRetryAttempts,
                maximumEventAgeInSeconds == null ? before.maximumEventAgeInSeconds() : maximumEventAgeInSeconds,
                destination(onSuccess, before.onSuccess()),
                destination(onFailure, before.onFailure()));
    }

    private static @Nullable String destination(@Nullable String changed, @Nullable String before) {
        if (changed == null) {
            return before;
        }
        return changed.isEmpty() ? null : changed;
    }
}
