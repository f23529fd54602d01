package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.schedule.Schedule.Figures;
import io.kappa.contracts.invocation.InvocationTarget;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** How many attempts of a function could soon run at once. */
public final class Backlog {

    /**
     * Of each function of which attempts are due that have not started, how many there could be at once by the time that environments for
     * them have started: what runs and what is due, as far as the limit that the queue has learnt, doubled as it grows by then, and half of
     * the places allow.
     *
     * @param places for attempts of one shard
     */
    public static Map<InvocationTarget, Integer> of(Collection<ShardFigures> shards, int places) {
        Map<InvocationTarget, Integer> wanted = new HashMap<>();
        Set<InvocationTarget> waiting = new HashSet<>();
        for (var shard : shards) {
            for (var queue : shard.queues()) {
                if (!queue.held()) {
                    wanted.merge(queue.queue(), soon(queue, places), Integer::sum);
                    if (soon(queue, places) > queue.running()) {
                        waiting.add(queue.queue());
                    }
                }
            }
        }
        wanted.keySet().retainAll(waiting);
        return wanted;
    }

    private static int soon(Figures<InvocationTarget> queue, int places) {
        int most = Math.min(2 * queue.limit(), Math.max(1, places / 2));
        return Math.max(queue.running(), Math.min(queue.running() + queue.due(), most));
    }

    private Backlog() {}
}
