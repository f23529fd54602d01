package io.kappa.router.dispatch;

import static io.kappa.contracts.function.RuntimeIdentifier.NODEJS22_X;
import static io.kappa.contracts.function.RuntimeIdentifier.PYTHON3_13;
import static io.kappa.router.dispatch.Samples.NOON;
import static io.kappa.router.dispatch.Samples.deployed;
import static io.kappa.router.dispatch.Samples.latest;
import static io.kappa.router.dispatch.Samples.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.worker.Ability;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.testkit.TurnedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerChoiceTest {
    private static final int MB = 128;
    private static final VersionRecord F = deployed(latest("f", MB, 3), 7, "ab");
    private static final VersionRecord G = deployed(latest("g", MB, 3), 7, "cd");
    private static final VersionRecord WITH_CODE_OF_F = deployed(latest("h", MB, 3), 7, "ab");

    private final TurnedClock clock = new TurnedClock(NOON);
    private final WorkerDirectory directory = new WorkerDirectory(clock);
    private final Random random = new Random(1);
    private final WorkerChoice choice = new WorkerChoice(directory, () -> random);

    private void worker(String name, Environments... environments) {
        worker(name, 0, environments);
    }

    private void worker(String name, int used, Environments... environments) {
        directory.read(
                name, status(name, 4096, used, false, Set.of(PYTHON3_13), List.of(environments)), clock.millis());
    }

    private static Environments has(VersionRecord version, int living) {
        return has(version, living, 0);
    }

    private static Environments has(VersionRecord version, int living, int provisioned) {
        return new Environments(version.version(), version.running().generation(), living, provisioned, null);
    }

    private Worker known(String name) {
        return Arrays.stream(directory.known())
                .filter(worker -> worker.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Place begin(VersionRecord version, Worker... tried) {
        return Objects.requireNonNull(choice.begin(version, MB, List.of(tried)));
    }

    private String chosen(VersionRecord version, Worker... tried) {
        var place = choice.begin(version, MB, List.of(tried));
        return place == null ? "nobody" : place.worker().name();
    }

    private void answer(VersionRecord version, Place place) {
        place.answered(version.running().generation(), MB, clock.millis());
        choice.served(version, place);
    }

    private void busy(String name, int megabytes) {
        known(name).began(megabytes);
    }

    private static final Ability PYTHON = new Ability.ManagedRuntime(PYTHON3_13);

    @Test
    void aSequentialCallerStaysOnOneWarmWorker() {
        worker("a");
        worker("b");
        worker("c");
        var first = begin(F);
        answer(F, first);
        for (int i = 0; i < 100; i++) {
            var place = begin(F);
            assertThat(place).isSameAs(first);
            answer(F, place);
        }
    }

    @Test
    void aBurstOfANewFunctionIsSpreadByLoad() {
        worker("a", 1024);
        worker("b");
        worker("c");
        answer(F, begin(F));
        var counts = chosen(F, 99);
        assertThat(counts.get("a")).isBetween(26, 33);
        assertThat(counts.get("b")).isBetween(32, 38);
        assertThat(counts.get("c")).isBetween(32, 38);
    }

    private Map<String, Integer> chosen(VersionRecord version, int times) {
        return IntStream.range(0, times)
                .mapToObj(_ -> chosen(version))
                .collect(Collectors.toMap(name -> name, _ -> 1, Integer::sum));
    }

    @Test
    void takesAnIdleEnvironmentThatAWorkerTellsOf() {
        worker("a");
        worker("b", 3072, has(F, 2));
        worker("c", has(G, 5));
        assertThat(chosen(F)).isEqualTo("b");
        assertThat(chosen(F)).isEqualTo("b");
        assertThat(chosen(F)).isNotEqualTo("b"); // Nothing is idle there any more, and it is the fullest.
    }

    @Test
    void takesNoEnvironmentOfAnEarlierDeployment() {
        var earlier = deployed(F, 6, "ef");
        worker("a", 1024, has(earlier, 3));
        worker("b");
        busy("a", 1024);
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void takesEnvironmentsOfALaterDeploymentThatThisRouterHasNotReadOf() {
        worker("a");
        worker("b", 3072, has(deployed(F, 8, "ef"), 1), has(F, 3));
        assertThat(chosen(F)).isEqualTo("b");
        assertThat(chosen(F)).isEqualTo("a");
    }

    @Test
    void prefersProvisionedEnvironmentsToOthers() {
        worker("a", 256, has(F, 2));
        answer(F, begin(F));
        worker("b", 512, has(F, 3, 2));
        assertThat(List.of(chosen(F), chosen(F))).containsExactly("b", "b");
        assertThat(List.of(chosen(F), chosen(F))).containsExactly("a", "a");
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void takesTheLeastBusyOfThoseWithIdleEnvironments() {
        worker("a", 1024, has(F, 4));
        worker("b", 1024, has(F, 4));
        worker("c", 1024, has(F, 4));
        busy("a", 512);
        busy("c", 768);
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void leavesTheWarmWorkerOnceItIsMuchBusierThanAnotherWarmOne() {
        worker("a", 1024, has(F, 1));
        answer(F, begin(F));
        worker("b", 1024, has(F, 1));
        busy("a", 1024);
        var warm = begin(F);
        assertThat(warm.worker().name()).isEqualTo("a");
        answer(F, warm);
        busy("a", 1);
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void waitsForWhatIsStartedAheadRatherThanStartAnother() {
        worker("a");
        worker("b");
        directory.places().at(F.version(), known("b")).askedAhead(3, clock.millis());
        busy("b", 1024);
        assertThat(chosen(F, 3)).containsExactly(Map.entry("b", 3));
        assertThat(chosen(F)).isEqualTo("a");
    }

    @Test
    void startsWhereTheCodeIsAsLongAsThatWorkerIsNotMuchFuller() {
        worker("a");
        answer(F, begin(F));
        worker("b");
        worker("c");
        busy("a", 768);
        begin(F); // Takes what is idle.
        assertThat(chosen(F)).isEqualTo("a");
        busy("a", 1024);
        assertThat(chosen(F)).isNotEqualTo("a");
    }

    @Test
    void knowsTheCodeAgainInAnotherFunction() {
        worker("a");
        answer(F, begin(F));
        worker("b");
        worker("c");
        assertThat(chosen(WITH_CODE_OF_F)).isEqualTo("a");
    }

    @Test
    void forgetsWhoHasTheCodeAfterAnHour() {
        worker("a");
        answer(F, begin(F));
        clock.turn(Duration.ofMinutes(61));
        worker("a", 256);
        worker("b");
        assertThat(chosen(WITH_CODE_OF_F)).isEqualTo("b");
    }

    @Test
    void startsOnlyAFewAtOnceForTheSakeOfTheCode() {
        worker("a");
        answer(F, begin(F));
        worker("b");
        begin(F);
        var starts = chosen(F, 10);
        assertThat(starts.get("a")).isBetween(WorkerChoice.MOST_STARTS, WorkerChoice.MOST_STARTS + 2);
    }

    @Test
    void startsNoneForTheSakeOfTheCodeWhereAnotherWouldHaveToGo() {
        worker("a");
        answer(F, begin(F));
        worker("a", 4096);
        worker("b", 3072);
        busy("b", 3072);
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void spreadsOverAllWorkers() {
        for (var name : List.of("a", "b", "c", "d")) {
            worker(name);
        }
        assertThat(chosen(G, 100).values())
                .allSatisfy(count -> assertThat(count).isBetween(22, 28));
    }

    @Test
    void takesTheLessLoadedOfTwo() {
        worker("a");
        worker("b");
        busy("a", MB);
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void countsMemoryThatOthersHaveInUse() {
        worker("a", 512);
        worker("b");
        assertThat(chosen(F, 3)).containsOnlyKeys("b");
    }

    @Test
    void countsWhatIsStartedSinceTheLastStatus() {
        worker("a", 3968);
        worker("b", 3968);
        assertThat(Set.of(chosen(F), chosen(G))).containsExactlyInAnyOrder("a", "b");
        assertThat(known("a").hasRoom(MB)).isFalse();
        worker("a", 3968);
        assertThat(known("a").hasRoom(MB)).isTrue();
    }

    @Test
    void passesOverWorkersWithoutTheRuntime() {
        worker("a");
        directory.read("b", status("b", 4096, false, NODEJS22_X), clock.millis());
        assertThat(chosen(F)).isEqualTo("a");
        assertThat(chosen(F, known("a"))).isEqualTo("nobody");
    }

    @Test
    void passesOverDrainingWorkersEvenIfWarm() {
        worker("a");
        answer(F, begin(F));
        worker("b");
        directory.read("a", status("a", 4096, true, has(F, 1)), clock.millis());
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void passesOverWorkersThatHaveRefusedTheSameInvocation() {
        worker("a", has(F, 1));
        worker("b");
        assertThat(chosen(F, known("a"))).isEqualTo("b");
        assertThat(chosen(F, known("a"), known("b"))).isEqualTo("nobody");
    }

    @Test
    void asksAWorkerThatHasRefusedAVersionLastForASecond() {
        worker("a");
        begin(F).refused(MB, clock.millis());
        worker("b");
        busy("b", 4096);
        assertThat(chosen(F)).isEqualTo("b");
        assertThat(chosen(F, known("b"))).isEqualTo("a");
        assertThat(chosen(G)).isEqualTo("a");

        clock.turn(Duration.ofSeconds(1));
        assertThat(chosen(F)).isEqualTo("a");
    }

    @Test
    void learnsFromARefusalThatNothingIsIdleThere() {
        worker("a", 4096, has(F, 8));
        begin(F);
        begin(F).refused(MB, clock.millis());
        worker("b");
        assertThat(chosen(F)).isEqualTo("b");
    }

    @Test
    void asksNoUnreachableWorkerForASecondAndThenLastUntilItsNextStatus() {
        worker("a", has(F, 3));
        known("a").passOver(clock.millis());
        assertThat(chosen(F)).isEqualTo("nobody");

        clock.turn(Duration.ofSeconds(1));
        assertThat(chosen(F)).isEqualTo("a");
        worker("b");
        busy("b", 4096);
        assertThat(chosen(F)).isEqualTo("b");

        worker("a", has(F, 3));
        assertThat(chosen(F)).isEqualTo("a");
    }

    @Test
    void takesWhatIsGoneForGone() {
        worker("a", 512, has(F, 4));
        worker("b");
        worker("a", 512);
        busy("a", 2048);
        assertThat(chosen(F)).isEqualTo("b");

        directory.read("a", null, clock.millis());
        assertThat(chosen(F, known("b"))).isEqualTo("nobody");
    }

    @Test
    void findsNobodyWhereNobodyIs() {
        assertThat(chosen(F)).isEqualTo("nobody");
    }

    /** One router, workers that say every now and then what they have, and each environment starts where it is asked for. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void startsNoMoreEnvironmentsThanRanAtOnce(long seed) {
        // given
        var run = new Random(seed);
        random.setSeed(seed);
        int workers = 1 + run.nextInt(8);
        IntStream.range(0, workers).forEach(i -> worker("w" + i));
        var running = new ArrayList<Place>();
        Map<String, Integer> living = new HashMap<>();
        int most = 0;
        // when
        for (int i = 0; i < 3000; i++) {
            if (run.nextInt(20) < 10 && running.size() < 40) {
                running.add(begin(F));
                most = Math.max(most, running.size());
            } else if (!running.isEmpty()) {
                var place = running.remove(run.nextInt(running.size()));
                var name = place.worker().name();
                long there = running.stream().filter(other -> other == place).count() + 1;
                living.merge(name, (int) there, Math::max);
                answer(F, place);
            }
            if (run.nextInt(10) == 0) {
                var name = "w" + run.nextInt(workers);
                int now = Math.max(
                        living.getOrDefault(name, 0),
                        Collections.frequency(
                                running.stream()
                                        .map(place -> place.worker().name())
                                        .toList(),
                                name));
                living.put(name, now);
                worker(name, now * MB, has(F, now));
            }
        }
        // then
        assertThat(living.values().stream().mapToInt(count -> count).sum()).isLessThanOrEqualTo(most + 1);
    }

    /** Whatever happens, the counts come back to nothing, and who is chosen takes work. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void neverChoosesWhoTakesNoWork(long seed) {
        // given
        var run = new Random(seed);
        random.setSeed(seed);
        var versions = List.of(F, G, WITH_CODE_OF_F);
        record Running(Place place, VersionRecord version) {}
        var running = new ArrayList<Running>();
        // when
        for (int i = 0; i < 5000; i++) {
            var version = versions.get(run.nextInt(3));
            switch (run.nextInt(8)) {
                case 0 -> {
                    int number = run.nextInt(6);
                    var name = "w" + number;
                    var runtimes = Set.of(number == 5 ? NODEJS22_X : PYTHON3_13);
                    var said = number == 5
                            ? List.<Environments>of()
                            : List.of(has(version, run.nextInt(5), run.nextInt(3)));
                    directory.read(
                            name,
                            status(name, 4096, run.nextInt(4096), run.nextInt(6) == 0, runtimes, said),
                            clock.millis());
                }
                case 1 -> {
                    if (run.nextInt(10) == 0) {
                        directory.read("w" + run.nextInt(6), null, clock.millis());
                    }
                    clock.turn(Duration.ofMillis(run.nextInt(2000)));
                }
                case 2, 3, 4 -> {
                    var place = choice.begin(version, MB, List.of());
                    if (place != null) {
                        assertThat(place.worker().takesWork(clock.millis())).isTrue();
                        assertThat(place.worker().offers(PYTHON)).isTrue();
                        running.add(new Running(place, version));
                    } else {
                        assertThat(directory.known())
                                .noneMatch(worker -> worker.takesWork(clock.millis()) && worker.offers(PYTHON));
                    }
                }
                default -> {
                    if (!running.isEmpty()) {
                        var ends = running.remove(run.nextInt(running.size()));
                        switch (run.nextInt(6)) {
                            case 0 -> ends.place().refused(MB, clock.millis());
                            case 1 -> {
                                ends.place().worker().passOver(clock.millis());
                                ends.place().lost(MB);
                            }
                            default -> answer(ends.version(), ends.place());
                        }
                    }
                }
            }
        }
        running.forEach(left -> left.place().lost(MB));
        // then
        assertThat(directory.running()).isZero();
        assertThat(directory.known()).allMatch(worker -> worker.busy() == 0);
    }
}
