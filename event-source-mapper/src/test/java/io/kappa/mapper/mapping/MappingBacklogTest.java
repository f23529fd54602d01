package io.kappa.mapper.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.mapper.queue.QueueSnapshot;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.shard.ShardView.State;
import io.kappa.testkit.SampleMapping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MappingBacklogTest {
    private static final EventSourceMappingRecord MAPPING = SampleMapping.of(
                    new EventSource.SelfManagedKafka(List.of("b:9092"), List.of("orders")))
            .record();

    private static ShardView shard(int waiting, long running, State state) {
        return new ShardView(0, waiting, waiting, running, state, null, 0, 0, null);
    }

    private static int wanted(ShardView... shards) {
        Map<String, ShardView> views = new HashMap<>();
        for (var shard : shards) {
            views.put("orders-" + views.size(), shard);
        }
        return MappingBacklog.wanted(MAPPING, views, Optional.empty());
    }

    private static int wanted(int running, int waiting, int limit, boolean throttled) {
        var queue = new QueueSnapshot(0, 0, 0, 0, running, waiting, 0, limit, throttled, 1);
        return MappingBacklog.wanted(MAPPING, Map.of(), Optional.of(queue));
    }

    @Test
    void isABatchForEachShardThatHasRecordsAndRunsNone() {
        assertThat(wanted(shard(5, 0, State.POLLING), shard(500, 1, State.POLLING), shard(0, 0, State.POLLING)))
                .isEqualTo(2);
    }

    @Test
    void isNoneWhereEveryShardThatHasRecordsRunsThem() {
        assertThat(wanted(shard(500, 1, State.POLLING), shard(0, 0, State.POLLING)))
                .isZero();
    }

    @Test
    void isNoneForWhatIsThrottledOrCannotBeRun() {
        assertThat(wanted(shard(500, 0, State.THROTTLED), shard(500, 0, State.NOT_RUN)))
                .isZero();
    }

    @Test
    void ofAQueueIsWhatRunsAndWaitsUpToItsLimit() {
        assertThat(wanted(3, 2, 10, false)).isEqualTo(5);
        assertThat(wanted(3, 20, 10, false)).isEqualTo(10);
        assertThat(wanted(10, 20, 10, false)).isZero();
        assertThat(wanted(3, 0, 10, false)).isZero();
        assertThat(wanted(3, 20, 10, true)).isZero();
    }
}
