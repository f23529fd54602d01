package io.kappa.deadletters.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IndexGaugesTest {

    @Test
    void theFunctionsWithMostLettersHaveAGaugeEachAndTheRestOneTogether() {
        var counts = new HashMap<String, Long>();
        for (int i = 1; i <= IndexGauges.MOST_FUNCTIONS + 3; i++) {
            counts.put("f" + i, (long) i);
        }
        var bounded = IndexGauges.bounded(counts);
        assertThat(bounded)
                .hasSize(IndexGauges.MOST_FUNCTIONS + 1)
                .containsEntry(IndexGauges.OTHER_FUNCTIONS, 1L + 2 + 3)
                .containsEntry("f4", 4L);
        assertThat(IndexGauges.bounded(Map.of("f", 1L))).isEqualTo(Map.of("f", 1L));
    }
}
