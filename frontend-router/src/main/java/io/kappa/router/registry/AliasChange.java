package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.AliasRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants changed of an alias. Null leaves a member as it is.
 *
 * @param additional versions that take a share of the invocations, of which there can be one; empty takes away the one there is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AliasChange(
        @Nullable Version version,
        @Nullable String description,
        @Nullable List<AliasRecord.Additional> additional) {
    public AliasChange {
        additional = additional == null ? null : List.copyOf(additional);
    }
}
