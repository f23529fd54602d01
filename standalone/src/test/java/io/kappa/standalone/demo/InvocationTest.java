package io.kappa.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InvocationTest {
    private static final Invocation COLD = new Invocation("{}", Optional.empty(), """
            START RequestId: 1 Version: $LATEST
            END RequestId: 1
            REPORT RequestId: 1\tDuration: 1.02 ms\tBilled Duration: 25 ms\tMemory Size: 128 MB\tMax Memory Used: 12 MB\tInit Duration: 23.10 ms\t
            """, Duration.ofMillis(40));

    @Test
    void figuresOfTheReportAreFoundByTheirNames() {
        assertThat(COLD.reported("Duration")).isEqualTo("1.02 ms");
        assertThat(COLD.reported("Init Duration")).isEqualTo("23.10 ms");
        assertThat(COLD.reported("Max Memory Used")).isEqualTo("12 MB");
    }

    @Test
    void aFigureThatTheReportDoesNotHaveIsADash() {
        assertThat(COLD.reported("Restore Duration")).isEqualTo("-");
    }
}
