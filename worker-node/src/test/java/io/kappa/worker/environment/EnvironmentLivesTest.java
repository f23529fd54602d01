package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.environment.EnvironmentPool.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How old environments get, and who goes when the machine itself runs short of memory. */
class EnvironmentLivesTest {
    private static final EnvironmentKey A = PoolBench.key("a");
    private static final EnvironmentKey B = PoolBench.key("b");

    private final PoolBench bench = new PoolBench(100_000, 100, Duration.ofDays(1), Duration.ofHours(2));

    @Test
    void anEnvironmentThatIsTooOldIsRetiredHoweverMuchItIsUsed() {
        var first = bench.idle(A);
        for (int minute = 0; minute < 119; minute++) {
            bench.loop.turn(Duration.ofMinutes(1));
            bench.invoke(A);
            first.finish();
            bench.sweep();
        }
        assertThat(first.gone()).isFalse();

        bench.loop.turn(Duration.ofMinutes(1));
        bench.sweep();

        assertThat(first.gone()).isTrue();
        assertThat(bench.retired("old")).isOne();
    }

    private static PoolBench shortLived() {
        return new PoolBench(100_000, 100, Duration.ofDays(1), Duration.ofSeconds(2));
    }

    @Test
    void anEnvironmentThatIsTooOldFinishesItsInvocationAndGetsNoOther() {
        // given
        var bench = shortLived();
        var old = bench.idle(A);
        var running = bench.invoke(A);
        bench.loop.turn(Duration.ofSeconds(2));
        bench.sweep();
        // when
        old.answer();
        var next = bench.invoke(A);
        old.poll();
        // then
        assertThat(running).hasSize(1);
        assertThat(old.gone()).isTrue();
        assertThat(bench.made).hasSize(2);
        bench.made.getLast().poll();
        bench.made.getLast().finish();
        assertThat(next).hasSize(1);
    }

    @Test
    void whoeverHasWaitedForItOrAnotherIsServedByTheOther() {
        // given
        var bench = shortLived();
        var old = bench.idle(A);
        bench.invoke(A);
        bench.loop.turn(Duration.ofSeconds(2));
        var waiting = bench.invoke(A);
        // when
        old.finish();
        bench.made.getLast().poll();
        bench.made.getLast().answer();
        // then
        assertThat(waiting).hasSize(1);
        assertThat(bench.made).hasSize(2);
        assertThat(old.gone()).isTrue();
    }

    @Test
    void environmentsOfTheSameAgeGoOneAfterAnother() {
        for (int i = 0; i < 20; i++) {
            bench.invoke(A);
        }
        bench.made.forEach(PoolBench.Inhabitant::poll);
        bench.made.forEach(PoolBench.Inhabitant::finish);
        bench.loop.turn(Duration.ofMinutes(96).minusSeconds(1));
        bench.sweep();
        var left = new ArrayList<>(List.of(bench.pool.usage().idle()));
        for (int minute = 0; minute < 25; minute++) {
            bench.loop.turn(Duration.ofMinutes(1));
            bench.sweep();
            left.add(bench.pool.usage().idle());
        }

        assertThat(left.getFirst()).isEqualTo(20);
        assertThat(left.getLast()).isZero();
        for (int minute = 1; minute < left.size(); minute++) {
            assertThat(left.get(minute - 1) - left.get(minute)).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void underPressureOfMemoryThoseWorthLeastGoFewAtATimeAndNeverABusyOne() {
        // given
        var idle = new ArrayList<PoolBench.Inhabitant>();
        for (int i = 0; i < 9; i++) {
            bench.loop.turn(Duration.ofSeconds(1));
            idle.add(bench.idle(PoolBench.key("f" + i)));
        }
        bench.invoke(B);
        bench.made.getLast().poll();
        bench.reading = new MachineMemory.Reading(255, 0);
        // when
        bench.sweep();
        // then
        assertThat(idle.stream().filter(PoolBench.Inhabitant::gone)).containsExactly(idle.get(0), idle.get(1));
        assertThat(bench.retired("pressure")).isEqualTo(2);
        for (int i = 0; i < 20; i++) {
            bench.sweep();
        }
        assertThat(bench.pool.usage()).isEqualTo(new Usage(256, 1, 0, false));
    }

    @Test
    void withoutPressureNobodyGoes() {
        var idle = bench.idle(A);
        bench.reading = new MachineMemory.Reading(2048, 100);

        bench.sweep();

        assertThat(idle.gone()).isFalse();
    }
}
