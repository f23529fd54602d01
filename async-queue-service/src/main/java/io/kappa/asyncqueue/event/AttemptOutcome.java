package io.kappa.asyncqueue.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What one attempt came to. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AttemptOutcome.Succeeded.class, name = "succeeded"),
    @JsonSubTypes.Type(value = AttemptOutcome.FunctionFailed.class, name = "function-failed"),
    @JsonSubTypes.Type(value = AttemptOutcome.Throttled.class, name = "throttled"),
    @JsonSubTypes.Type(value = AttemptOutcome.PlatformFailed.class, name = "platform-failed"),
    @JsonSubTypes.Type(value = AttemptOutcome.TargetMissing.class, name = "target-missing"),
    @JsonSubTypes.Type(value = AttemptOutcome.Refused.class, name = "refused"),
    @JsonSubTypes.Type(value = AttemptOutcome.PayloadGone.class, name = "payload-gone"),
})
public sealed interface AttemptOutcome {

    record Succeeded(String executedVersion) implements AttemptOutcome {}

    /** The function ran and failed: an exception, a timeout, an exit. */
    record FunctionFailed(String executedVersion, String errorType, String errorMessage) implements AttemptOutcome {}

    /** A limit of concurrency was reached, so it did not run. */
    record Throttled(String reason) implements AttemptOutcome {}

    /** The platform did not run it, or lost it, or cannot tell. */
    record PlatformFailed(int status, String errorType, String errorMessage) implements AttemptOutcome {}

    /** The router knows no such function, version or alias. */
    record TargetMissing(String errorMessage) implements AttemptOutcome {}

    /** The router would not run it today or tomorrow. */
    record Refused(int status, String errorType, String errorMessage) implements AttemptOutcome {}

    /** The topic no longer keeps the event's record, so nothing could be run. */
    record PayloadGone() implements AttemptOutcome {}
}
