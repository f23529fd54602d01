package io.kappa.mapper.stream;

import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.filter.RecordFilter;
import io.kappa.mapper.shard.ShardRules;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A mapping, with everything that follows from how it is configured.
 *
 * @param cluster how the source's cluster is reached, by Kafka's own names; found out anew for each client, because secrets change
 * @param mostCalls how many batches may run at once in this process
 */
public record StreamMapping(
        EventSourceMappingRecord record,
        Supplier<Map<String, Object>> cluster,
        ShardRules rules,
        EventForm form,
        RecordFilter filter,
        int mostCalls) {

    boolean windowed() {
        return rules.tumblingWindow().isPositive();
    }

    String uuid() {
        return record.id().uuid();
    }

    /** @throws io.kappa.mapper.source.SourceException where it cannot be found out */
    Map<String, Object> client() {
        return cluster.get();
    }
}
