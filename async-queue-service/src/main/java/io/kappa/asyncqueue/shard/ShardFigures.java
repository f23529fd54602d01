package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.Account;
import io.kappa.asyncqueue.schedule.Schedule.Figures;
import io.kappa.contracts.invocation.InvocationTarget;
import java.util.List;

/**
 * A shard at a moment, for those who look from outside.
 *
 * @param deliveries that are still to be made
 * @param at epoch milliseconds
 */
public record ShardFigures(
        int partition, Account account, int running, int deliveries, List<Figures<InvocationTarget>> queues, long at) {}
