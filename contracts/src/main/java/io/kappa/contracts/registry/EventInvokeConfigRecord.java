package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How asynchronous invocations of one qualifier of a function are treated: Lambda's {@code FunctionEventInvokeConfig}. What is null has not
 * been set, and Lambda's default holds.
 *
 * @param qualifier a version number, an alias or {@code $LATEST}. What is set for {@code $LATEST} does not hold for the others.
 * @param maximumRetryAttempts after a function error, 0 to 2; default 2
 * @param maximumEventAgeInSeconds 60 to 21600; default 21600
 * @param onSuccess text of a {@link io.kappa.contracts.destination.Destination}
 * @param onFailure text of a {@link io.kappa.contracts.destination.Destination}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EventInvokeConfigRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        String qualifier,
        Instant lastModified,
        @Nullable Integer maximumRetryAttempts,
        @Nullable Integer maximumEventAgeInSeconds,
        @Nullable String onSuccess,
        @Nullable String onFailure)
        implements RegistryRecord {
    public static final int DEFAULT_RETRY_ATTEMPTS = 2;
    public static final int DEFAULT_EVENT_AGE_SECONDS = 21_600;

    /** Ends the keys of these records, and of no others. */
    static final String KEY_SUFFIX = "#event-invoke-config";

    public EventInvokeConfigRecord(
            FunctionArn function,
            String qualifier,
            Instant lastModified,
            @Nullable Integer maximumRetryAttempts,
            @Nullable Integer maximumEventAgeInSeconds,
            @Nullable String onSuccess,
            @Nullable String onFailure) {
        this(
                1,
                function,
                qualifier,
                lastModified,
                maximumRetryAttempts,
                maximumEventAgeInSeconds,
                onSuccess,
                onFailure);
    }

    /** The key of the record that holds what is set for a qualifier. */
    public static String key(FunctionArn function, String qualifier) {
        return function.qualified(qualifier) + KEY_SUFFIX;
    }

    @Override
    public String key() {
        return key(function, qualifier);
    }
}
