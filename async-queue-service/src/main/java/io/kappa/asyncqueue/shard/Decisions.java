package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.AttemptOutcome;
import io.kappa.asyncqueue.event.AttemptOutcome.FunctionFailed;
import io.kappa.asyncqueue.event.AttemptOutcome.PayloadGone;
import io.kappa.asyncqueue.event.AttemptOutcome.PlatformFailed;
import io.kappa.asyncqueue.event.AttemptOutcome.Refused;
import io.kappa.asyncqueue.event.AttemptOutcome.Succeeded;
import io.kappa.asyncqueue.event.AttemptOutcome.TargetMissing;
import io.kappa.asyncqueue.event.AttemptOutcome.Throttled;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.LastOutcome;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.policy.EventPolicy;
import io.kappa.contracts.invocation.Ending;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lambda's rules of asynchronous invocation, as pure functions of an event, what happened to it, what is configured, and the time.
 *
 * <p>After a function error, an event whose next run would come when it is too old ends at once. After a throttle or a platform error, which
 * use up none of its retries, it waits at most until the moment at which it becomes too old. Source: the reference's page on asynchronous
 * invocation, §2.
 */
final class Decisions {
    static final int LONGEST_MESSAGE = 1024;
    private static final int THROTTLED_STATUS = 429;
    private static final int OK_STATUS = 200;
    private static final int MISSING_STATUS = 404;
    private static final int GONE_STATUS = 410;

    private final Rules rules;

    Decisions(Rules rules) {
        this.rules = rules;
    }

    /**
     * What follows from a report about an attempt.
     *
     * @param event as the state has it, or null where it has ended
     * @param responseOffset where the function's answer is kept, or {@link LastOutcome#NO_RESPONSE}
     */
    List<Step> attempted(
            @Nullable PendingEvent event,
            int attempt,
            AttemptOutcome outcome,
            long responseOffset,
            EventPolicy policy,
            long now) {
        if (event == null || attempt != event.tries() + 1) {
            return List.of(); // Reports may come twice or late, and this one has been taken into account.
        }
        return List.of(
                switch (outcome) {
                    case Succeeded(var version) ->
                        ends(
                                event.ran(new LastOutcome(OK_STATUS, version, false, null, null, responseOffset)),
                                Ending.SUCCEEDED,
                                policy,
                                now);
                    case FunctionFailed(var version, var type, var message) ->
                        failed(
                                event.ran(new LastOutcome(
                                        OK_STATUS, version, true, type, shortened(message), responseOffset)),
                                policy,
                                now);
                    case Throttled(var reason) ->
                        postponed(
                                event.delayed(failure(
                                        THROTTLED_STATUS, "TooManyRequestsException", "Rate Exceeded. " + reason)),
                                policy,
                                now);
                    case PlatformFailed(int status, var type, var message) ->
                        postponed(event.delayed(failure(status, type, message)), policy, now);
                    case TargetMissing(var message) ->
                        missed(
                                event.missed(failure(MISSING_STATUS, "ResourceNotFoundException", message)),
                                policy,
                                now);
                    case Refused(int status, var type, var message) ->
                        ends(event.refused(failure(status, type, message)), Ending.REFUSED, policy, now);
                    case PayloadGone _ ->
                        ends(
                                event.refused(
                                        failure(GONE_STATUS, "PayloadLost", "the topic no longer keeps the event")),
                                Ending.PAYLOAD_LOST,
                                policy,
                                now);
                });
    }

    private Step failed(PendingEvent event, EventPolicy policy, long now) {
        if (event.runs() > policy.maximumRetries()) {
            return ends(event, Ending.RETRIES_EXHAUSTED, policy, now);
        }
        long due = now + rules.retryDelay(event.runs());
        return due >= expiry(event, policy)
                ? ends(event, Ending.EVENT_AGE_EXCEEDED, policy, now)
                : new Step.Waits(event.dueAt(due));
    }

    private Step postponed(PendingEvent event, EventPolicy policy, long now) {
        return ending(event, policy, now)
                .<Step>map(ending -> ends(event, ending, policy, now))
                .orElseGet(() -> new Step.Waits(
                        event.dueAt(Math.min(now + rules.backoff(event.delays() - 1), expiry(event, policy)))));
    }

    private Step missed(PendingEvent event, EventPolicy policy, long now) {
        return event.misses() >= rules.mostMisses()
                ? ends(event, Ending.FUNCTION_NOT_FOUND, policy, now)
                : new Step.Waits(event.dueAt(now + rules.backoff(event.misses() - 1)));
    }

    /** Why an event may not be attempted any more, whatever its history; empty where it may. */
    Optional<Ending> ending(PendingEvent event, EventPolicy policy, long now) {
        if (policy.zeroConcurrency()) {
            return Optional.of(Ending.ZERO_RESERVED_CONCURRENCY);
        }
        return now >= expiry(event, policy) ? Optional.of(Ending.EVENT_AGE_EXCEEDED) : Optional.empty();
    }

    /** What follows from a report about a delivery. */
    List<Step> delivered(
            @Nullable Delivery delivery, int attempt, @Nullable String problem, boolean lasting, long now) {
        if (delivery == null || attempt != delivery.tries() + 1) {
            return List.of();
        }
        if (problem == null) {
            return List.of(new Step.Delivered(delivery));
        }
        return List.of(
                lasting || attempt >= rules.deliveryTries()
                        ? new Step.DeliveryFails(delivery, problem)
                        : new Step.DeliveryWaits(delivery.failedAgain(now + rules.backoff(delivery.tries()))));
    }

    private static Step ends(PendingEvent event, Ending ending, EventPolicy policy, long now) {
        return new Step.Ends(event, ending, policy, now, null);
    }

    private static long expiry(PendingEvent event, EventPolicy policy) {
        return event.accepted() + policy.maximumAgeMillis();
    }

    private static LastOutcome failure(int status, String type, String message) {
        return new LastOutcome(status, null, false, type, shortened(message), LastOutcome.NO_RESPONSE);
    }

    /** Messages are shown, not worked with; AWS keeps as much in a dead-letter queue's attribute. */
    static String shortened(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE);
    }
}
