package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.ActionProgress;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.policy.EventPolicy;
import io.kappa.contracts.invocation.Ending;
import org.jspecify.annotations.Nullable;

/** One thing that follows from what happened. Decided first, then recorded, and applied by {@link ShardState#apply}, its only writer. */
sealed interface Step {

    /** The event waits, as it stands here. */
    record Waits(PendingEvent event) implements Step {}

    /**
     * The event has ended: it leaves the state, and the ledger gets its line.
     *
     * @param policy that held when it ended: says where the news of it goes
     * @param now epoch milliseconds
     * @param action which operator's action ended it, or null
     */
    record Ends(
            PendingEvent event,
            Ending ending,
            EventPolicy policy,
            long now,
            @Nullable String action) implements Step {}

    /** A delivery waits, as it stands here. */
    record DeliveryWaits(Delivery delivery) implements Step {}

    /** A delivery is done. */
    record Delivered(Delivery delivery) implements Step {}

    /** A delivery is given up: it becomes a dead letter. */
    record DeliveryFails(Delivery delivery, String problem) implements Step {}

    /** An operator's action stands as it stands here. */
    record ActionStands(ActionProgress progress) implements Step {}
}
