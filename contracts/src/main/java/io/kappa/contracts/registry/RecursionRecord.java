package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import org.jspecify.annotations.Nullable;

/** What is done about a function that calls itself over and over. */
public record RecursionRecord(@JsonProperty("v") int formatVersion, FunctionArn function, Loop recursiveLoop)
        implements SettingRecord {
    static final String KIND = "recursion-config";

    /** Named as the API writes it. */
    public enum Loop {
        Allow,
        Terminate
    }

    public RecursionRecord(FunctionArn function, Loop recursiveLoop) {
        this(1, function, recursiveLoop);
    }

    public static String key(FunctionArn function) {
        return SettingRecord.key(function, null, KIND);
    }

    @Override
    @JsonIgnore
    public @Nullable String qualifier() {
        return null;
    }

    @Override
    public String key() {
        return key(function);
    }
}
