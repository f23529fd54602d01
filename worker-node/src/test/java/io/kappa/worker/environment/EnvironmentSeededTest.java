package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.sandbox.Sandbox.Exit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that can happen to an environment, in orders that nobody has thought of. The seed brings an order back. */
class EnvironmentSeededTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
    void everyInvocationIsAnsweredOnceAndReportedOnce(long seed) {
        var random = new Random(seed);
        for (int life = 0; life < 50; life++) {
            live(random);
        }
    }

    private static void live(Random random) {
        var bench = new Bench();
        var answers = new ArrayList<List<InvocationOutcome>>();
        if (random.nextBoolean()) {
            answers.add(bench.invoke(Bench.invocation("r0")));
        }
        int idleBefore = 0;
        bench.prepare();
        for (int step = 0; step < 200; step++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> bench.polls();
                case 3, 4 -> bench.responds("1");
                case 5 -> bench.fails("Function.X", "{}");
                case 6 -> bench.failsInit("Runtime.X", "{}");
                case 7 -> bench.exits(new Exit(random.nextInt(2), 0, false));
                case 8 -> bench.turn(Duration.ofMillis(random.nextInt(100)));
                case 9 -> bench.turn(Duration.ofMillis(random.nextInt(4_000)));
                default -> {
                    int idle = bench.owner.size();
                    if (idle > idleBefore) {
                        idleBefore = idle;
                        var invocation = random.nextBoolean()
                                ? Bench.invocation("r" + answers.size())
                                : Bench.invocationWithTail("r" + answers.size());
                        answers.add(bench.invoke(invocation));
                    }
                }
            }
        }
        bench.turn(Duration.ofSeconds(20)); // Whatever still runs has come to its end by then.

        assertThat(answers).allSatisfy(heard -> assertThat(heard).hasSize(1));
        for (int i = 0; i < answers.size(); i++) {
            var id = "r" + i;
            assertThat(bench.log.stream().filter(line -> line.contains("START RequestId: " + id + " ")))
                    .hasSize(1);
            assertThat(bench.log.stream().filter(line -> line.contains("REPORT RequestId: " + id + "\t")))
                    .hasSize(1);
        }
    }
}
