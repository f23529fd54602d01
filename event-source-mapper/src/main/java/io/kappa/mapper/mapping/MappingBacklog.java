package io.kappa.mapper.mapping;

import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.mapper.queue.QueueSnapshot;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.shard.ShardView.State;
import java.util.Map;
import java.util.Optional;

/** How many batches of one mapping could run at once in this process. */
final class MappingBacklog {

    /** Those that run, and those for which records are there and their shard, or the queue, may run another; 0 where none could be added. */
    static int wanted(EventSourceMappingRecord mapping, Map<String, ShardView> shards, Optional<QueueSnapshot> queue) {
        if (queue.isPresent()) {
            return wanted(queue.get());
        }
        int running = 0;
        int wanted = 0;
        for (var shard : shards.values()) {
            running += (int) shard.running();
            wanted += Math.max((int) shard.running(), batches(mapping, shard));
        }
        return wanted > running ? wanted : 0;
    }

    private static int batches(EventSourceMappingRecord mapping, ShardView shard) {
        if (shard.state() == State.THROTTLED || shard.state() == State.NOT_RUN) {
            return 0; // Environments are not what it lacks.
        }
        var options = mapping.options();
        return Math.min(options.parallelizationFactor(), Math.ceilDiv(shard.waiting(), options.batchSize()));
    }

    private static int wanted(QueueSnapshot queue) {
        int wanted = Math.min(queue.concurrencyLimit(), queue.batchesRunning() + queue.batchesWaiting());
        return queue.throttled() || wanted <= queue.batchesRunning() ? 0 : wanted;
    }

    private MappingBacklog() {}
}
