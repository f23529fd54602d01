package io.kappa.router.dispatch;

import static io.kappa.contracts.function.RuntimeIdentifier.NODEJS22_X;
import static io.kappa.contracts.function.RuntimeIdentifier.PYTHON3_13;
import static io.kappa.router.dispatch.Samples.NOON;
import static io.kappa.router.dispatch.Samples.latest;
import static io.kappa.router.dispatch.Samples.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.testkit.TurnedClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private static final int MB = 128;
    private static final VersionRecord F = latest("f", MB, 3);

    private final TurnedClock clock = new TurnedClock(NOON);
    private final WorkerDirectory directory = new WorkerDirectory(clock);
    private final Readiness readiness = new Readiness(directory, new SimpleMeterRegistry());

    private void worker(String name, int used, Environments... environments) {
        directory.read(
                name, status(name, 4096, used, false, Set.of(PYTHON3_13), List.of(environments)), clock.millis());
    }

    private static Environments has(int living) {
        return new Environments(F.version(), 7, living, 0, null);
    }

    /** What each is to have then. */
    private Map<String, Integer> plan(int concurrency) {
        return readiness.plan(F, concurrency).stream()
                .collect(Collectors.toMap(share -> share.worker().name(), Readiness.Share::count));
    }

    private Place place(String name) {
        for (var worker : directory.known()) {
            if (worker.name().equals(name)) {
                return directory.places().at(F.version(), worker);
            }
        }
        throw new IllegalArgumentException(name);
    }

    @Test
    void spreadsStartsByLoad() {
        worker("a", 0);
        worker("b", 0);
        assertThat(plan(10)).containsExactlyInAnyOrderEntriesOf(Map.of("a", 5, "b", 5));
        worker("b", 2048);
        assertThat(plan(4)).containsExactlyEntriesOf(Map.of("a", 4));
    }

    @Test
    void takesOffWhatLives() {
        worker("a", 3 * MB, has(3));
        worker("b", 0);
        assertThat(plan(3)).isEmpty();
        assertThat(plan(5)).containsExactlyEntriesOf(Map.of("b", 2));
    }

    @Test
    void takesOffWhatRunsAndIsNotReportedYet() {
        worker("a", 0);
        for (int i = 0; i < 3; i++) {
            place("a").beginStart(MB);
        }
        assertThat(plan(3)).isEmpty();
        assertThat(plan(4)).containsExactlyEntriesOf(Map.of("a", 4));
    }

    @Test
    void takesOffWhatWasAskedForAMomentAgo() {
        worker("a", 0);
        place("a").askedAhead(5, clock.millis());
        assertThat(plan(5)).isEmpty();
        assertThat(plan(6)).containsExactlyEntriesOf(Map.of("a", 6));

        clock.turn(Duration.ofSeconds(10));
        assertThat(plan(5)).containsExactlyEntriesOf(Map.of("a", 5));
    }

    @Test
    void asksForNoMoreThanFits() {
        worker("a", 4096 - 2 * MB);
        worker("b", 4096);
        assertThat(plan(100)).containsExactlyEntriesOf(Map.of("a", 2));
    }

    @Test
    void asksNobodyWhoTakesNoWork() {
        worker("a", 0);
        place("a").worker().passOver(clock.millis());
        directory.read("b", status("b", 4096, true, PYTHON3_13), clock.millis());
        directory.read("c", status("c", 4096, false, NODEJS22_X), clock.millis());
        assertThat(plan(1)).isEmpty();
    }
}
