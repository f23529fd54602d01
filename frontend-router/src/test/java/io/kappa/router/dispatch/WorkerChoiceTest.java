package io.kappa.router.dispatch;

import static io.kappa.contracts.function.RuntimeIdentifier.NODEJS22_X;
import static io.kappa.contracts.function.RuntimeIdentifier.PYTHON3_13;
import static io.kappa.router.dispatch.Samples.NOON;
import static io.kappa.router.dispatch.Samples.latest;
import static io.kappa.router.dispatch.Samples.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.testkit.TurnedClock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkerChoiceTest {
    private static final VersionArn F = latest("f", 128, 3).version();
    private static final VersionArn G = latest("g", 128, 3).version();

    private final TurnedClock clock = new TurnedClock(NOON);
    private final WorkerDirectory directory = new WorkerDirectory(clock);
    private final Random random = new Random(1);
    private final WorkerChoice choice = new WorkerChoice(directory, () -> random);

    private void worker(String name) {
        directory.read(name, status(name, 1024, false, PYTHON3_13), clock.millis());
    }

    private Worker known(String name) {
        return Arrays.stream(directory.known())
                .filter(worker -> worker.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private String chosen(VersionArn version, Worker... tried) {
        var worker = choice.choose(version, PYTHON3_13, 128, List.of(tried));
        return worker == null ? "nobody" : worker.name();
    }

    @Test
    void asksTheOneThatServedTheVersionLast() {
        worker("a");
        worker("b");
        worker("c");
        choice.served(F, known("b"));
        for (int i = 0; i < 20; i++) {
            assertThat(chosen(F)).isEqualTo("b");
        }
    }

    @Test
    void asksAnotherOnceTheWarmOneIsHalfFull() {
        worker("a");
        worker("b");
        choice.served(F, known("a"));
        known("a").began(3 * 128);
        assertThat(chosen(F)).isEqualTo("a");
        known("a").began(128);
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void spreadsOtherVersionsOverAllWorkers() {
        worker("a");
        worker("b");
        worker("c");
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            var worker = Objects.requireNonNull(choice.choose(G, PYTHON3_13, 128, List.of()));
            counts.merge(worker.name(), 1, Integer::sum);
        }
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(60, 140));
    }

    @Test
    void takesTheLessLoadedOfTwo() {
        worker("a");
        worker("b");
        known("a").began(128);
        for (int i = 0; i < 20; i++) {
            assertThat(chosen(F)).isEqualTo("b");
        }
    }

    @Test
    void passesOverWorkersWithoutTheRuntime() {
        worker("a");
        directory.read("b", status("b", 1024, false, NODEJS22_X), clock.millis());
        assertThat(chosen(F)).isEqualTo("a");
        assertThat(chosen(F, known("a"))).isEqualTo("nobody");
    }

    @Test
    void passesOverDrainingWorkersEvenIfWarm() {
        worker("a");
        worker("b");
        choice.served(F, known("a"));
        directory.read("a", status("a", 1024, true, PYTHON3_13), clock.millis());
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void passesOverWorkersThatHaveRefused() {
        worker("a");
        worker("b");
        choice.served(F, known("a"));
        assertThat(chosen(F, known("a"))).isEqualTo("b");
        assertThat(chosen(F, known("a"), known("b"))).isEqualTo("nobody");
    }

    @Test
    void givesAnUnreachableWorkerAnotherChanceAfterASecondOrItsNextStatus() {
        worker("a");
        known("a").passOver(clock.millis());
        assertThat(chosen(F)).isEqualTo("nobody");
        worker("a");
        assertThat(chosen(F)).isEqualTo("a");
        known("a").passOver(clock.millis());
        clock.turn(java.time.Duration.ofSeconds(1));
        assertThat(chosen(F)).isEqualTo("a");
    }

    @Test
    void findsNobodyWhereNobodyIs() {
        assertThat(chosen(F)).isEqualTo("nobody");
    }
}
