package io.kappa.mapper.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceNumberTest {
    @Test
    void leadsBackToTheRecord() {
        for (var number : new SequenceNumber[] {
            new SequenceNumber(0, 0), new SequenceNumber(7, 12), new SequenceNumber(Integer.MAX_VALUE, Long.MAX_VALUE)
        }) {
            assertThat(SequenceNumber.parse(number.toString())).isEqualTo(number);
        }
    }

    @Test
    void growsWithTheOffsetAsANumberAndAsAText() {
        var random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            long offset = random.nextLong(Long.MAX_VALUE) >> random.nextInt(63);
            var one = new SequenceNumber(3, offset).toString();
            var next = new SequenceNumber(3, offset + 1).toString();

            assertThat(next).isGreaterThan(one);
            assertThat(new BigInteger(next)).isGreaterThan(new BigInteger(one));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "17",
                "4900000000000000000000000000x42",
                "5000000000000000000000000000042",
                "4999999999990000000000000000042",
                "4900000000009999999999999999999"
            })
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> SequenceNumber.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
