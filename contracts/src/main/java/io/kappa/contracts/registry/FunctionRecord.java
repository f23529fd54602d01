package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.util.Map;

/**
 * What belongs to a function as a whole rather than to one version. Outlives the function itself: version numbers are never used twice
 * for one name, not even after deletion.
 *
 * @param lastVersion highest version number ever published under this name, 0 where there is none
 * @param deleted whether only the memory of {@code lastVersion} is left
 */
public record FunctionRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        long lastVersion,
        Map<String, String> tags,
        boolean deleted)
        implements RegistryRecord {

    public FunctionRecord {
        tags = Map.copyOf(tags);
    }

    public FunctionRecord(FunctionArn function, long lastVersion, Map<String, String> tags, boolean deleted) {
        this(1, function, lastVersion, tags, deleted);
    }

    @Override
    public String key() {
        return function.toString();
    }
}
