package io.kappa.standalone.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellsTest {
    @ParameterizedTest
    @CsvSource({"-5, 0s", "0, 0s", "59, 59s", "192, 3m 12s", "3600, 1h 0m", "90061, 1d 1h"})
    void anAgeIsInItsTwoLargestUnits(long seconds, String text) {
        assertThat(Cells.duration(Duration.ofSeconds(seconds))).isEqualTo(text);
    }

    @Test
    void aLineHasNothingThatMovesTheCursor() {
        assertThat(Cells.line(" a\r\n\tb\u001b[2Jc\u0007 ")).isEqualTo("a b [2Jc");
    }
}
