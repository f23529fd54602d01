package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.time.Instant;

/**
 * How many execution environments are kept ready for a version or an alias: what was asked for. How many are there, workers say.
 *
 * @param qualifier a version number or an alias, never {@code $LATEST}
 * @param requested at least 1
 */
public record ProvisionedConcurrencyRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        String qualifier,
        int requested,
        Instant lastModified)
        implements RegistryRecord {
    /** Ends the keys of these records, and of no others. */
    static final String KEY_SUFFIX = "#provisioned-concurrency";

    public ProvisionedConcurrencyRecord {
        if (requested < 1) {
            throw new IllegalArgumentException("at least 1 environment is provisioned, not " + requested);
        }
    }

    public ProvisionedConcurrencyRecord(FunctionArn function, String qualifier, int requested, Instant lastModified) {
        this(1, function, qualifier, requested, lastModified);
    }

    /** The key of the record that holds what is provisioned for a qualifier. */
    public static String key(FunctionArn function, String qualifier) {
        return function.qualified(qualifier) + KEY_SUFFIX;
    }

    @Override
    public String key() {
        return key(function, qualifier);
    }
}
