package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.environment.InvocationOutcome.Abandoned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that can happen to a pool, in orders that nobody has thought of. The seed brings an order back. */
class EnvironmentPoolSeededTest {
    private static final int MEGABYTES = 2048;
    private static final int COUNT = 6;

    private final PoolBench bench = new PoolBench(MEGABYTES, COUNT, Duration.ofMinutes(10), Duration.ofMinutes(40));
    private final List<List<InvocationOutcome>> answers = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
    void theMemorySufficesNobodyIsCutOffAndProvisionedOnesStay(long seed) {
        var random = new Random(seed);
        for (int step = 0; step < 4_000; step++) {
            int provisionedBefore = all(bench);
            int lossesBefore = bench.losses.size();
            boolean mayFall = step(random);

            assertThat(bench.pool.usage().usedMegabytes()).isBetween(0, MEGABYTES);
            assertThat(bench.pool.usage().busy() + bench.pool.usage().idle()).isBetween(0, COUNT);
            if (!mayFall) {
                int lost = bench.losses.size() - lossesBefore;
                assertThat(all(bench)).isGreaterThanOrEqualTo(provisionedBefore - lost);
            }
        }
        settle();
        assertThat(answers)
                .allSatisfy(heard -> assertThat(heard).hasSize(1).noneMatch(outcome -> outcome instanceof Abandoned));
    }

    /** Returns whether fewer may be provisioned after it. */
    private boolean step(Random random) {
        var key = PoolBench.key("f" + random.nextInt(4));
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> answers.add(bench.invoke(key, sizeOf(key)));
            case 4, 5, 6 -> somebody(random).forEach(PoolBench.Inhabitant::poll);
            case 7, 8, 9 -> somebody(random).forEach(PoolBench.Inhabitant::answer);
            case 10 -> somebody(random).forEach(PoolBench.Inhabitant::exit);
            case 11 -> somebody(random).forEach(one -> one.failInit("Runtime.X", "x"));
            case 12 -> {
                bench.pool.startProvisioned(key, PoolBench.deployment(sizeOf(key)), random.nextBoolean());
                bench.loop.run();
            }
            case 13 -> {
                bench.pool.release(key, random.nextInt(3));
                return true;
            }
            case 14 -> bench.loop.turn(Duration.ofMillis(random.nextInt(600_000)));
            default -> {
                bench.reading = new MachineMemory.Reading(random.nextInt(400), 0);
                bench.sweep();
            }
        }
        return false;
    }

    private static int sizeOf(EnvironmentKey key) {
        return 128 << (key.version().function().name().value().charAt(1) - '0');
    }

    private List<PoolBench.Inhabitant> somebody(Random random) {
        var alive = bench.made.stream().filter(one -> !one.gone()).toList();
        return alive.isEmpty() ? List.of() : List.of(alive.get(random.nextInt(alive.size())));
    }

    private static int all(PoolBench bench) {
        return bench.pool.provisioned().values().stream()
                .mapToInt(count -> count.starting() + count.ready())
                .sum();
    }

    /** Lets every runtime answer until nobody waits. */
    private void settle() {
        for (int i = 0; i < 100; i++) {
            for (var one : List.copyOf(bench.made)) {
                if (!one.gone()) {
                    one.poll();
                    one.answer();
                    one.poll();
                }
            }
            bench.loop.turn(Duration.ofSeconds(20));
        }
    }
}
