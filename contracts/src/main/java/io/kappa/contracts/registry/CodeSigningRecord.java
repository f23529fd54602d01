package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import org.jspecify.annotations.Nullable;

/** Which code signing configuration the code of a function is held to. */
public record CodeSigningRecord(@JsonProperty("v") int formatVersion, FunctionArn function, CodeSigningConfigId config)
        implements SettingRecord {
    static final String KIND = "code-signing-config";

    public CodeSigningRecord(FunctionArn function, CodeSigningConfigId config) {
        this(1, function, config);
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
