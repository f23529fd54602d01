package io.kappa.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class TurnedClockTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final TurnedClock clock = new TurnedClock(NOON);

    @Test
    void standsStillUntilTurned() {
        assertThat(clock.instant()).isEqualTo(NOON);
        clock.turn(Duration.ofMinutes(1));
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(60));
    }

    @Test
    void turnsInEveryZoneAtOnce() {
        var elsewhere = clock.withZone(ZoneId.of("Asia/Tokyo"));
        clock.turn(Duration.ofHours(-1));
        assertThat(elsewhere.instant()).isEqualTo(NOON.minusSeconds(3600));
    }
}
