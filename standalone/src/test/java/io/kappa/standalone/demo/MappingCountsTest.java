package io.kappa.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MappingCountsTest {
    private static final String METRICS = """
            # TYPE kappa_mapping_committed_event_count_total counter
            kappa_mapping_committed_event_count_total{mapping="one",shard="orders-0"} 12.0
            kappa_mapping_committed_event_count_total{mapping="one",shard="orders-1"} 4.0
            kappa_mapping_committed_event_count_total{mapping="other",shard="orders-0"} 99.0
            kappa_mapping_dropped_event_count_total{mapping="one",shard="orders-1"} 1.0
            kappa_mapping_filtered_out_event_count_total{mapping="one",shard="orders-0"} 3.0
            kappa_mapping_filtered_out_event_count_total{mapping="one",shard="orders-1"} 1.0
            """;

    @Test
    void theShardsOfAMappingAreAddedUpAndOtherMappingsLeftOut() {
        var counts = MappingCounts.of(METRICS, "one");
        assertThat(counts).isEqualTo(new MappingCounts(4, 16, 1));
        assertThat(counts.settled()).isEqualTo(20);
        assertThat(counts.delivered()).isEqualTo(15);
    }

    @Test
    void aMappingThatHasDoneNothingYetCountsNothing() {
        assertThat(MappingCounts.of(METRICS, "new")).isEqualTo(new MappingCounts(0, 0, 0));
    }
}
