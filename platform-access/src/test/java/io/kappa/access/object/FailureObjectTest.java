package io.kappa.access.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FailureObjectTest {

    @Test
    void isNamedByItsOriginAndTheTimeInUtc() {
        assertThat(FailureObject.key(
                        "async/orders",
                        Instant.parse("2026-01-02T03:04:05.678Z"),
                        UUID.fromString("11111111-2222-3333-4444-555555555555")))
                .isEqualTo("aws/lambda/async/orders/2026/01/02/"
                        + "2026-01-02T03.04.05-11111111-2222-3333-4444-555555555555");
    }
}
