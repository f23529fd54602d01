package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.PendingEvent;

/**
 * What is done outside of the shards, because it takes long: neither call blocks, and each has a report written to
 * {@code invocations.outcomes} in the end.
 */
public interface Work {

    /** Has the function run once. An attempt that is being made already is not made twice. */
    void attempt(PendingEvent event);

    /** Has a user's topic written once. */
    void deliver(Delivery delivery);
}
