package io.kappa.deadletters.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.deadletter.RedriveOutcome;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.deadletters.payload.Payload;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What tests are about. */
final class Samples {
    static final String TRACE = "Root=1-6500a1b2-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0";
    static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    static final String GREET = "arn:aws:lambda:us-east-1:000000000000:function:greet";
    static final String COUNT = "arn:aws:lambda:us-east-1:000000000000:function:count";
    static final String EXHAUSTED = "RETRIES_EXHAUSTED";

    static DeadLetter dead(String id, String function, Instant failed) {
        return dead(id, function, EXHAUSTED, failed, "boom");
    }

    static DeadLetter dead(String id, String function, String cause, Instant failed, @Nullable String message) {
        return new DeadLetter(
                1,
                id,
                DeadLetter.Origin.ASYNC_QUEUE,
                cause,
                function,
                function.equals(DeadLetter.UNKNOWN_FUNCTION) ? null : function + ":live",
                "5f0c7a5e-0000-4000-8000-000000000001",
                "ValueError",
                message,
                3,
                failed.minus(Duration.ofMinutes(3)),
                failed,
                "kappa.invocations.queued",
                2,
                12345,
                TRACE + ";Lineage=1:0a0b0c0d:15",
                null,
                cause.equals(DeadLetter.DELIVERY_FAILED) ? "kafka://results" : null,
                null);
    }

    static RedriveOrder order(Filter filter) {
        return order(filter, NOON);
    }

    static RedriveOrder order(Filter filter, Instant created) {
        return new RedriveOrder(filter, 10, false, null, null, null, null, created, "ann");
    }

    static RedriveOutcome outcome(String redrive, String deadLetter, Ending ending, Instant at) {
        return new RedriveOutcome(
                1, redrive, deadLetter, IndexDecisions.requestId(redrive, deadLetter), ending, 1, at, null);
    }

    static RedriveOutcome outcomeOf(RequestId request, String redrive, String deadLetter) {
        return new RedriveOutcome(1, redrive, deadLetter, request, Ending.SUCCEEDED, 1, NOON, null);
    }

    static Payload payload(String text) {
        return Payload.of(text.getBytes(UTF_8));
    }

    private Samples() {}
}
