package io.kappa.router.admission.exchange;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.VersionArn;
import io.kappa.router.admission.lots.Pool;
import org.jspecify.annotations.Nullable;

/**
 * A pool as records name it.
 *
 * @param kind {@code unreserved}, {@code reserved} or {@code provisioned}
 * @param function of what is reserved, else null
 * @param version of what is provisioned, else null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PoolName(
        String kind,
        @Nullable FunctionArn function,
        @Nullable VersionArn version) {
    private static final String UNRESERVED = "unreserved";
    private static final String RESERVED = "reserved";
    private static final String PROVISIONED = "provisioned";

    static PoolName of(Pool pool) {
        return switch (pool) {
            case Pool.Unreserved _ -> new PoolName(UNRESERVED, null, null);
            case Pool.Reserved(var function) -> new PoolName(RESERVED, function, null);
            case Pool.Provisioned(var version) -> new PoolName(PROVISIONED, null, version);
        };
    }

    /** @throws IllegalStateException where the kind is of a newer release: who does not know it cannot count */
    Pool pool() {
        if (kind.equals(UNRESERVED)) {
            return new Pool.Unreserved();
        }
        if (kind.equals(RESERVED) && function != null) {
            return new Pool.Reserved(function);
        }
        if (kind.equals(PROVISIONED) && version != null) {
            return new Pool.Provisioned(version);
        }
        throw new IllegalStateException("unknown pool: " + this);
    }
}
