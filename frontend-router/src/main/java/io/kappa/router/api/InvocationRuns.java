package io.kappa.router.api;

import io.kappa.router.admission.Admission;
import io.kappa.router.autoscaling.use.RunningVersions;
import io.kappa.router.dispatch.Dispatcher;
import io.kappa.router.dispatch.Invocation;
import io.kappa.router.dispatch.InvocationOutcome;
import io.kappa.router.dispatch.InvocationOutcome.Lost;
import io.vertx.core.Context;
import io.vertx.core.Handler;

/** Runs invocations once they are admitted, and counts each for as long as it runs. On one event loop. */
final class InvocationRuns {
    private final Admission admission;
    private final RunningVersions running;
    private final Dispatcher.Lane lane;
    private final Context context;

    InvocationRuns(ApiParts parts, Dispatcher.Lane lane, Context context) {
        this.admission = parts.admission();
        this.running = parts.running();
        this.lane = lane;
        this.context = context;
    }

    /** @param answer gets the outcome, unless the invocation is throttled: that refuses the exchange */
    void run(Exchange exchange, Invocation invocation, Handler<InvocationOutcome> answer) {
        var version = invocation.version().version();
        int timeout = invocation.version().running().configuration().timeoutSeconds();
        var place = admission.enter(version, timeout);
        if (place != null) {
            run(exchange, invocation, answer, place);
            return;
        }
        var _ = admission
                .await(version, timeout)
                .whenComplete((entered, refusal) -> context.runOnContext(_ -> {
                    if (refusal != null) {
                        exchange.fail(refusal);
                    } else if (exchange.isAnswered()) {
                        entered.leave(); // Its caller has gone.
                    } else {
                        exchange.attempt(() -> run(exchange, invocation, answer, entered));
                    }
                }));
    }

    private void run(
            Exchange exchange, Invocation invocation, Handler<InvocationOutcome> answer, Admission.Place place) {
        var counted = running.begin(invocation.version().version());
        try {
            lane.run(invocation, place, outcome -> {
                counted.end();
                if (outcome instanceof Lost) {
                    place.abandon();
                } else {
                    place.leave();
                }
                exchange.attempt(() -> answer.handle(outcome));
            });
        } catch (Throwable e) {
            counted.end();
            place.abandon(); // It may have been sent.
            throw e;
        }
    }
}
