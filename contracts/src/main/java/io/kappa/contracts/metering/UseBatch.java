package io.kappa.contracts.metering;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What invocations of one function have used that a worker ran at about the same time: a record of {@code functions.metering}, keyed by the
 * function's ARN. All of them began on one day in UTC, on which the record's time lies.
 */
public record UseBatch(@JsonProperty("v") int formatVersion, List<InvocationUse> uses) {
    public UseBatch {
        uses = List.copyOf(uses);
    }
}
