package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to a function as a whole rather than to one version. Outlives the function itself: neither version numbers nor generations
 * are ever used twice for one name, not even after deletion.
 *
 * @param lastVersion highest version number ever published under this name, 0 where there is none
 * @param publishedDescription what {@code $LATEST} was described as when {@code lastVersion} was published, which may have been given a
 *     description of its own; null where the function has published none
 * @param retiredGenerations generations used up by deleted functions of this name
 * @param reservedConcurrency most of its invocations that may run at once, all versions together; null where nothing is reserved
 * @param deleted whether only the memory of the numbers is left
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FunctionRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        long lastVersion,
        @Nullable String publishedDescription,
        long retiredGenerations,
        Map<String, String> tags,
        @Nullable Integer reservedConcurrency,
        boolean deleted)
        implements RegistryRecord {

    public FunctionRecord {
        tags = Map.copyOf(tags);
    }

    public FunctionRecord(
            FunctionArn function,
            long lastVersion,
            @Nullable String publishedDescription,
            long retiredGenerations,
            Map<String, String> tags,
            @Nullable Integer reservedConcurrency,
            boolean deleted) {
        this(1, function, lastVersion, publishedDescription, retiredGenerations, tags, reservedConcurrency, deleted);
    }

    /** A name never used before. */
    public FunctionRecord(FunctionArn function, Map<String, String> tags) {
        this(function, 0, null, 0, tags, null, false);
    }

    public FunctionRecord withTags(Map<String, String> changed) {
        return new FunctionRecord(
                function, lastVersion, publishedDescription, retiredGenerations, changed, reservedConcurrency, deleted);
    }

    @Override
    public String key() {
        return function.toString();
    }
}
