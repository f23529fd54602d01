package io.kappa.mapper.queue;

import io.kappa.mapper.event.BatchResponse;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.invoke.InvokeOutcome.Answered;
import io.kappa.mapper.invoke.InvokeOutcome.FunctionFailed;
import io.kappa.mapper.invoke.InvokeOutcome.NotRun;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What SQS would do. Nothing here knows a broker or a clock.
 *
 * @param visibilityTimeout of the queue
 * @param mostReceives receives with which a record may still reach the function; by {@link #mostReceives}
 * @param reportItemFailures whether the function says which records failed
 */
record QueueRules(Duration visibilityTimeout, int mostReceives, boolean reportItemFailures) {
    /**
     * Deliveries that are kept back. The broker throws away a record whose last delivery is not accepted, be it that a process died with it. So
     * the last but one is for handing over, and the last for handing over what a process had in its hands when it died.
     */
    private static final int KEPT_BACK = 2;

    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(200);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(5);
    private static final int MOST_DOUBLINGS = 10;

    /**
     * Receives with which a record may still reach the function.
     *
     * @param maxReceiveCount of the queue
     * @param deliveryLimit of the share group, after which the broker throws a record away; 2 at least
     */
    static int mostReceives(int maxReceiveCount, int deliveryLimit) {
        return Math.max(1, Math.min(maxReceiveCount, deliveryLimit - KEPT_BACK));
    }

    /** What is to be done with a record that has just been received. */
    enum Fate {
        /** It becomes part of a batch. */
        BATCH,
        /** It becomes a batch of its own, because it may be refused and no other is to share that. */
        ALONE,
        /** No pattern lets it through: it is deleted. */
        DELETE,
        /** It is handed over, then deleted. */
        GIVE_UP
    }

    /**
     * The redrive comes before the filter, as SQS comes before Lambda.
     *
     * @param receiveCount with this time
     * @param fits whether an event has room for it
     * @param loops whether its chain of invocations has come to the function as often as one may
     */
    Fate received(int receiveCount, boolean letThrough, boolean fits, boolean loops) {
        if (receiveCount > mostReceives) {
            return Fate.GIVE_UP;
        }
        if (!letThrough) {
            return Fate.DELETE;
        }
        // It would be as long the next time.
        if (!fits) {
            return Fate.GIVE_UP;
        }
        return loops ? Fate.ALONE : Fate.BATCH;
    }

    /** What follows from one try of a batch. */
    sealed interface Next {
        /**
         * The batch is through.
         *
         * @param failed indexes of the records that become visible again; the others are deleted
         * @param called whether the function took the batch, by and large
         * @param failure what went wrong with those that failed; null where none did
         */
        record Settle(
                Set<Integer> failed,
                boolean called,
                @Nullable LastFailure failure) implements Next {
            public Settle {
                failed = Set.copyOf(failed);
            }
        }

        /** The batch was not run, and is tried again. */
        record TryAgain(Instant at) implements Next {}
    }

    /**
     * Chooses what follows from one try.
     *
     * @param records of the batch
     * @param tries how often the batch has been tried, with this one
     * @param visibleAt when its visibility timeout ends
     * @param read of a function's answer
     */
    Next after(
            InvokeOutcome outcome,
            int records,
            int tries,
            Instant visibleAt,
            Instant now,
            Function<byte[], BatchResponse> read) {
        return switch (outcome) {
            case Answered _ when !reportItemFailures -> new Next.Settle(Set.of(), true, null);
            case Answered answered -> answered(read.apply(answered.response()), records);
            case FunctionFailed failed ->
                new Next.Settle(all(records), false, new LastFailure(failed.errorType(), failed.errorMessage()));
            case NotRun(var why, var message) -> {
                var again = now.plus(backOff(tries));
                yield why == InvokeOutcome.Why.REFUSED || why == InvokeOutcome.Why.LOOP || !again.isBefore(visibleAt)
                        ? new Next.Settle(all(records), false, new LastFailure(why.name(), message))
                        : new Next.TryAgain(again);
            }
        };
    }

    private static Next answered(BatchResponse response, int records) {
        return switch (response) {
            case BatchResponse.Succeeded _ -> new Next.Settle(Set.of(), true, null);
            case BatchResponse.Partly partly ->
                new Next.Settle(
                        partly.failed(), true, new LastFailure("BatchItemFailure", "the function listed it as failed"));
            case BatchResponse.Failed failed ->
                new Next.Settle(all(records), false, new LastFailure("BatchItemFailures", failed.reason()));
        };
    }

    private static Set<Integer> all(int records) {
        return IntStream.range(0, records).boxed().collect(Collectors.toSet());
    }

    private static Duration backOff(int tries) {
        var doubled = FIRST_BACK_OFF.multipliedBy(1L << Math.min(tries - 1, MOST_DOUBLINGS));
        return doubled.compareTo(LONGEST_BACK_OFF) < 0 ? doubled : LONGEST_BACK_OFF;
    }

    /** Whether an outcome makes the mapping run fewer batches at once. */
    boolean backsOff(InvokeOutcome outcome) {
        return switch (outcome) {
            case Answered _ -> false;
            // A function that says which records failed is expected to fail with some.
            case FunctionFailed _ -> !reportItemFailures;
            case NotRun(var why, var _) -> why != InvokeOutcome.Why.LOOP;
        };
    }
}
