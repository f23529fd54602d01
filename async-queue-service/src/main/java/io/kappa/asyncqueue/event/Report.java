package io.kappa.asyncqueue.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code invocations.outcomes}, as JSON in its header {@link #HEADER}: what was done outside of the shard came to something. The
 * record's key is the request id, and its partition the shard's. Reports may come twice, late, or not at all.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Report.Attempted.class, name = "attempted"),
    @JsonSubTypes.Type(value = Report.Delivered.class, name = "delivered"),
})
public sealed interface Report {
    String HEADER = "kappa-report";

    RequestId requestId();

    InvocationTarget target();

    /**
     * An attempt. The value of the record is what the function answered, if it ran.
     *
     * @param attempt counts from 1; what does not follow on the last one that is known is late
     * @param started epoch milliseconds
     * @param ended epoch milliseconds
     * @param responseOmitted whether the function's answer was too large to be kept
     */
    record Attempted(
            @JsonProperty("v") int formatVersion,
            RequestId requestId,
            InvocationTarget target,
            int attempt,
            long started,
            long ended,
            boolean responseOmitted,
            AttemptOutcome outcome)
            implements Report {}

    /**
     * A delivery to a topic.
     *
     * @param attempt counts from 1
     * @param problem null where the topic has it
     * @param lasting whether trying again would be in vain
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Delivered(
            @JsonProperty("v") int formatVersion,
            RequestId requestId,
            InvocationTarget target,
            Delivery.Kind to,
            int attempt,
            @Nullable String problem,
            boolean lasting)
            implements Report {}
}
