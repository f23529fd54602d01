package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.Position;
import io.kappa.asyncqueue.event.Source;
import io.kappa.asyncqueue.policy.EventPolicy;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

final class Samples {
    static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    static final InvocationTarget GREET = target("greet");
    static final Rules RULES = new Rules(
            List.of(Duration.ofSeconds(60), Duration.ofSeconds(120)),
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            4,
            3);

    static InvocationTarget target(String name) {
        return new InvocationTarget(FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:" + name), null);
    }

    static RequestId id(long number) {
        return new RequestId(new UUID(number, number));
    }

    static PendingEvent accepted(long number) {
        return PendingEvent.accepted(id(number), GREET, new Position(Source.QUEUED, 0, number), NOON, null);
    }

    static EventPolicy policy(int retries, Duration age) {
        return new EventPolicy(retries, age.toMillis(), false, null, null, null);
    }

    private Samples() {}
}
