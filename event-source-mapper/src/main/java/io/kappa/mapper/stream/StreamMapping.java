package io.kappa.mapper.stream;

import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.filter.RecordFilter;
import io.kappa.mapper.shard.ShardRules;
import java.util.Map;

/**
 * A mapping, with everything that follows from how it is configured.
 *
 * @param client how the source's cluster is reached, by Kafka's own names
 * @param mostCalls how many batches may run at once in this process
 */
public record StreamMapping(
        EventSourceMappingRecord record,
        Map<String, Object> client,
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
}
