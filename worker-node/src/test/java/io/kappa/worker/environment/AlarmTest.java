package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlarmTest {
    private final TurnedLoop loop = new TurnedLoop();
    private final List<Long> rung = new ArrayList<>();
    private final Alarm alarm = new Alarm(loop, () -> rung.add(loop.nanoTime() / 1_000_000));

    @Test
    void ringsOnceAtTheMoment() {
        set(100);
        loop.turn(Duration.ofMillis(99));
        assertThat(rung).isEmpty();

        loop.turn(Duration.ofMillis(500));

        assertThat(rung).containsExactly(100L);
    }

    @Test
    void ringsAtTheMomentThatWasSetLast() {
        set(100);
        loop.turn(Duration.ofMillis(50));
        set(100);
        loop.turn(Duration.ofMillis(500));

        assertThat(rung).containsExactly(150L);
    }

    @Test
    void canBeSetToAnEarlierMoment() {
        set(1000);
        set(10);
        loop.turn(Duration.ofSeconds(2));

        assertThat(rung).containsExactly(10L);
    }

    @Test
    void doesNotRingOnceCleared() {
        set(100);
        alarm.clear();
        loop.turn(Duration.ofMillis(500));

        assertThat(rung).isEmpty();
    }

    @Test
    void ringsAtTheNewMomentAfterBeingCleared() {
        set(100);
        alarm.clear();
        loop.turn(Duration.ofMillis(90));
        set(100);
        loop.turn(Duration.ofMillis(500));

        assertThat(rung).containsExactly(190L);
    }

    @Test
    void needsOneTimerHoweverOftenItIsMoved() {
        for (int i = 0; i < 1000; i++) {
            set(3000);
            loop.turn(Duration.ofMillis(1));
            alarm.clear();
        }

        assertThat(loop.timers()).isOne();
    }

    @Test
    void leavesNoTimerBehind() {
        set(100);
        alarm.dispose();

        assertThat(loop.timers()).isZero();
    }

    private void set(long millis) {
        alarm.set(Duration.ofMillis(millis).toNanos());
    }
}
