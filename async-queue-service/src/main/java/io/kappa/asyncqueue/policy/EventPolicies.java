package io.kappa.asyncqueue.policy;

import io.kappa.contracts.destination.Destination;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import org.jspecify.annotations.Nullable;

/** What is configured about asynchronous invocations, looked up in the view of the registry whenever a decision asks. Any thread may ask. */
public final class EventPolicies {
    private final RegistryView view;

    public EventPolicies(RegistryView view) {
        this.view = view;
    }

    /** The policy that holds now; the defaults for a function that this view does not know. */
    public EventPolicy of(InvocationTarget target) {
        return view.function(target.function())
                .map(function -> of(function, target))
                .orElse(EventPolicy.DEFAULT);
    }

    /** Whether something could be sent there: a function must exist, and whether a topic does shows when it is written. */
    public boolean reaches(Destination destination) {
        return !(destination instanceof Destination.Function function)
                || view.function(function.target().function()).isPresent();
    }

    private static EventPolicy of(FunctionView function, InvocationTarget target) {
        var config = function.eventInvokeConfig(target.effectiveQualifier()).orElse(null);
        var reserved = function.function().reservedConcurrency();
        return new EventPolicy(
                config == null || config.maximumRetryAttempts() == null
                        ? EventInvokeConfigRecord.DEFAULT_RETRY_ATTEMPTS
                        : config.maximumRetryAttempts(),
                1000L
                        * (config == null || config.maximumEventAgeInSeconds() == null
                                ? EventInvokeConfigRecord.DEFAULT_EVENT_AGE_SECONDS
                                : config.maximumEventAgeInSeconds()),
                reserved != null && reserved == 0,
                config == null ? null : config.onSuccess(),
                config == null ? null : config.onFailure(),
                deadLetterQueue(function, target));
    }

    /** Published versions keep the queue that they were published with; where an alias divides its invocations, both have the same. */
    private static @Nullable String deadLetterQueue(FunctionView function, InvocationTarget target) {
        return function.versionOf(target.effectiveQualifier())
                .map(record -> record.running().configuration().deadLetterTargetArn())
                .orElse(null);
    }
}
