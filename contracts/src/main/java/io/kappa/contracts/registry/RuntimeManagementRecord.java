package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import org.jspecify.annotations.Nullable;

/**
 * When a version of a function goes over to a newer build of its runtime.
 *
 * @param qualifier {@code $LATEST} or a version number
 * @param runtimeVersionArn the build that it stays with; null unless the updates are manual
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RuntimeManagementRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        String qualifier,
        UpdateRuntimeOn updateRuntimeOn,
        @Nullable String runtimeVersionArn)
        implements SettingRecord {
    static final String KIND = "runtime-management-config";

    /** Named as the API writes it. */
    public enum UpdateRuntimeOn {
        Auto,
        Manual,
        FunctionUpdate
    }

    public RuntimeManagementRecord(
            FunctionArn function,
            String qualifier,
            UpdateRuntimeOn updateRuntimeOn,
            @Nullable String runtimeVersionArn) {
        this(1, function, qualifier, updateRuntimeOn, runtimeVersionArn);
    }

    public static String key(FunctionArn function, String qualifier) {
        return SettingRecord.key(function, qualifier, KIND);
    }

    @Override
    public String key() {
        return key(function, qualifier);
    }
}
