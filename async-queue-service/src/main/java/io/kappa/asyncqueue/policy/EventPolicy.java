package io.kappa.asyncqueue.policy;

import io.kappa.contracts.registry.EventInvokeConfigRecord;
import org.jspecify.annotations.Nullable;

/**
 * How the events of one target are treated, as configured now.
 *
 * @param maximumRetries after function errors, 0 to 2
 * @param maximumAgeMillis after which an event is given up
 * @param zeroConcurrency whether the function's reserved concurrency is zero, so that nothing of it may run
 * @param onSuccess text of a destination, or null
 * @param onFailure text of a destination, or null
 * @param deadLetterQueue ARN of a queue or topic, or null
 */
public record EventPolicy(
        int maximumRetries,
        long maximumAgeMillis,
        boolean zeroConcurrency,
        @Nullable String onSuccess,
        @Nullable String onFailure,
        @Nullable String deadLetterQueue) {

    /** Of a target that nothing has been configured for. */
    public static final EventPolicy DEFAULT = new EventPolicy(
            EventInvokeConfigRecord.DEFAULT_RETRY_ATTEMPTS,
            EventInvokeConfigRecord.DEFAULT_EVENT_AGE_SECONDS * 1000L,
            false,
            null,
            null,
            null);
}
