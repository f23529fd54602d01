package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.contracts.registry.FunctionUrlRecord.AuthType;
import io.kappa.contracts.registry.FunctionUrlRecord.Cors;
import io.kappa.contracts.registry.FunctionUrlRecord.InvokeMode;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants changed of a function URL. Null leaves a member as it is; what is said of CORS replaces all that was said before, and an
 * empty one takes it away.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FunctionUrlChange(
        @Nullable AuthType authType,
        @Nullable InvokeMode invokeMode,
        @Nullable Cors cors) {

    /** The URL with the changes made. */
    public FunctionUrlRecord appliedTo(FunctionUrlRecord before, Instant now) {
        return new FunctionUrlRecord(
                before.function(),
                before.qualifier(),
                before.urlId(),
                Objects.requireNonNullElse(authType, before.authType()),
                Objects.requireNonNullElse(invokeMode, before.invokeMode()),
                cors == null ? before.cors() : cors.isEmpty() ? null : cors,
                before.created(),
                now);
    }
}
