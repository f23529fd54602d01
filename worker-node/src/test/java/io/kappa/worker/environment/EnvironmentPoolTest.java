package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.worker.environment.EnvironmentPool.Usage;
import io.kappa.worker.environment.EnvironmentWorkshop.Parts;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Failed;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Prepared;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.kappa.worker.environment.InvocationOutcome.Result;
import io.kappa.worker.log.EnvironmentLog;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnvironmentPoolTest {
    private static final EnvironmentKey A = key("a", 1);
    private static final EnvironmentKey B = key("b", 1);
    private static final EnvironmentKey C = key("c", 1);

    private final TurnedLoop loop = new TurnedLoop();
    private final List<Inhabitant> made = new ArrayList<>();
    private final Set<EnvironmentKey> outdated = new HashSet<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final EnvironmentMetrics metrics = new EnvironmentMetrics(meters);
    private final PoolTime time = new PoolTime() {
        @Override
        public long nanoTime() {
            return loop.nanoTime();
        }

        @Override
        public void after(Duration delay, Runnable task) {
            loop.after(delay.toNanos(), task);
        }
    };
    private EnvironmentPool pool = pool(1024, 10);
    private int changes;

    /** One environment of the pool, and its runtime's side. */
    private static final class Inhabitant implements EnvironmentLog {
        final FakeSandbox sandbox = new FakeSandbox();
        final FakeRuntimeApi api = new FakeRuntimeApi();
        final RuntimeListener runtime;

        Inhabitant(RuntimeListener runtime) {
            this.runtime = runtime;
        }

        boolean gone() {
            return sandbox.asked.contains("close");
        }

        Preparation prepared() {
            var start = new RuntimeProcess.Start(List.of("x"), Map.of());
            return new Prepared(new Parts(sandbox, api, "python:3.12.4", start, this, null, () -> {}));
        }

        @Override
        public void line(long timeMillis, String requestId, String message) {}

        @Override
        public void close() {}
    }

    @Test
    void startsAnEnvironmentForTheFirstInvocation() {
        var answers = invoke(A);

        finish(made.getFirst());

        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(made).hasSize(1);
        assertThat(pool.usage()).isEqualTo(new Usage(256, 0, 1, false));
    }

    @Test
    void givesAnIdleEnvironmentTheNextInvocation() {
        invoke(A);
        finish(made.getFirst());
        invoke(A);
        finish(made.getFirst());

        assertThat(made).hasSize(1);
    }

    @Test
    void startsASecondEnvironmentWhileTheFirstIsBusy() {
        invoke(A);
        invoke(A);

        assertThat(made).hasSize(2);
        assertThat(pool.usage()).isEqualTo(new Usage(512, 2, 0, false));
    }

    @Test
    void waitsForARuntimeThatHasAnsweredAndIsAboutToComeBack() {
        // given
        invoke(A);
        poll(made.getFirst());
        answer(made.getFirst());
        // when
        var second = invoke(A);
        var third = invoke(A);
        poll(made.getFirst());
        answer(made.getFirst());
        // then
        assertThat(second).hasSize(1);
        assertThat(made).hasSize(2);
        assertThat(third).isEmpty();
    }

    @Test
    void startsAnEnvironmentWhereTheRuntimeDoesNotComeBackSoon() {
        invoke(A);
        poll(made.getFirst());
        answer(made.getFirst());
        var second = invoke(A);
        loop.turn(Duration.ofMillis(9));
        assertThat(made).hasSize(1);

        loop.turn(Duration.ofMillis(1));

        assertThat(made).hasSize(2);
        finish(made.get(1));
        assertThat(second).hasSize(1);
        poll(made.getFirst());
        assertThat(pool.usage()).isEqualTo(new Usage(512, 0, 2, false));
    }

    @Test
    void anInvocationThatCausedAStartTakesWhicheverEnvironmentIsIdleFirst() {
        // given
        invoke(A);
        poll(made.getFirst());
        var second = invoke(A);
        assertThat(made).hasSize(2);
        // when
        answer(made.getFirst());
        poll(made.getFirst());
        answer(made.getFirst());
        // then
        assertThat(second).hasSize(1);
        poll(made.get(1));
        assertThat(pool.usage()).isEqualTo(new Usage(512, 1, 1, false));
    }

    @Test
    void anEnvironmentOnItsWayThatNobodyNeedsAnyMoreIsThereForTheNextInvocation() {
        invoke(A);
        poll(made.getFirst());
        invoke(A);
        finish(made.getFirst());
        answer(made.getFirst());

        var third = invoke(A);
        poll(made.get(1));
        answer(made.get(1));

        assertThat(third).hasSize(1);
        assertThat(made).hasSize(2);
    }

    @Test
    void refusesWhatHasWaitedInVainWhenThePoolIsFull() {
        pool = pool(256, 10);
        invoke(A);
        poll(made.getFirst());
        answer(made.getFirst());
        var second = invoke(A);
        assertThat(second).isEmpty();

        loop.turn(Duration.ofMillis(10));

        assertThat(second).containsExactly(new Refused(Refusal.FULL));
    }

    @Test
    void prefersTheEnvironmentUsedLast() {
        invoke(A);
        invoke(A);
        poll(made.get(0));
        poll(made.get(1));
        finish(made.get(1));
        finish(made.get(0));

        invoke(A);

        assertThat(made.get(0).api.given).hasSize(2);
    }

    @Test
    void prefersAnEnvironmentWhoseRuntimeIsReady() {
        invoke(A);
        invoke(A);
        poll(made.get(0));
        poll(made.get(1));
        finish(made.get(0));
        made.get(1).sandbox.exit(new Exit(1, 0, false));
        loop.run();

        invoke(A);

        assertThat(made.get(0).api.given).hasSize(2);
    }

    @Test
    void neverGivesAnEnvironmentToAnotherVersionOrDeployment() {
        invoke(A);
        finish(made.getFirst());
        invoke(B);
        invoke(key("a", 2));
        invoke(new EnvironmentKey(new VersionArn(A.version().function(), new Version.Published(1)), A.generation()));

        assertThat(made).hasSize(4);
        assertThat(made.getFirst().api.given).hasSize(1);
    }

    @Test
    void retiresTheEnvironmentsWorthLeastForOneThatNeedsTheRoom() {
        // given
        for (var key : List.of(A, B, C, key("d", 1))) {
            invoke(key);
        }
        finish(made.get(1));
        finish(made.get(0));
        loop.turn(Duration.ofSeconds(1));
        finish(made.get(2));
        // when
        invoke(key("e", 1), 512);
        // then
        assertThat(made.get(0).gone()).isTrue();
        assertThat(made.get(1).gone()).isTrue();
        assertThat(made.get(2).gone()).isFalse();
        assertThat(pool.usage().usedMegabytes()).isEqualTo(1024);
        assertThat(retired("room")).isEqualTo(2);
    }

    @Test
    void keepsWhatTookLongToStartThoughItWasUsedBefore() {
        // given
        pool = pool(512, 10);
        invoke(A);
        loop.turn(Duration.ofSeconds(9));
        finish(made.get(0));
        loop.turn(Duration.ofMinutes(9));
        invoke(B);
        loop.turn(Duration.ofSeconds(1));
        finish(made.get(1));
        // when
        invoke(C);
        // then
        assertThat(made.get(0).gone()).isFalse();
        assertThat(made.get(1).gone()).isTrue();
    }

    @Test
    void retiresWhatHasLostItsRuntimeBeforeAnythingElse() {
        // given
        pool = pool(512, 10);
        invoke(A);
        finish(made.get(0));
        invoke(B);
        loop.turn(Duration.ofSeconds(5));
        finish(made.get(1));
        made.get(1).sandbox.exit(new Exit(0, 9, false));
        loop.run();
        // when
        invoke(C);
        // then
        assertThat(made.get(0).gone()).isFalse();
        assertThat(made.get(1).gone()).isTrue();
    }

    @Test
    void refusesWhereNotEvenRetiringAllIdleOnesWouldMakeRoom() {
        invoke(A);
        invoke(B);
        finish(made.get(0));

        assertThat(invoke(C, 1024)).containsExactly(new Refused(Refusal.FULL));

        assertThat(made.get(0).gone()).isFalse();
        assertThat(made).hasSize(2);
    }

    @Test
    void refusesBeyondTheMaximumCount() {
        pool = pool(100_000, 2);
        invoke(A);
        invoke(A);

        assertThat(invoke(A)).containsExactly(new Refused(Refusal.FULL));
    }

    @Test
    void retiresIdleEnvironmentsOfAnOlderDeploymentAtOnceAndBusyOnesWhenTheyAreDone() {
        // given
        invoke(A);
        invoke(A);
        poll(made.get(0));
        poll(made.get(1));
        finish(made.get(0));
        // when
        outdated.add(A);
        pool.review(A.version().function());
        loop.run();
        // then
        assertThat(made.get(0).gone()).isTrue();
        assertThat(made.get(1).gone()).isFalse();
        finish(made.get(1));
        assertThat(made.get(1).gone()).isTrue();
        assertThat(pool.usage()).isEqualTo(new Usage(0, 0, 0, false));
    }

    @Test
    void leavesOtherFunctionsAloneWhenOneChanges() {
        invoke(A);
        invoke(B);
        finish(made.get(0));
        finish(made.get(1));
        outdated.add(A);

        pool.review(A.version().function());
        loop.run();

        assertThat(made.get(1).gone()).isFalse();
    }

    @Test
    void retiresWhatHasBeenIdleForTooLong() {
        invoke(A);
        invoke(B);
        finish(made.get(0));
        loop.turn(Duration.ofMinutes(9));
        finish(made.get(1));
        loop.turn(Duration.ofMinutes(1));

        pool.sweep();
        loop.run();

        assertThat(made.get(0).gone()).isTrue();
        assertThat(made.get(1).gone()).isFalse();
    }

    @Test
    void findsAnEnvironmentThatWasAssignedJustWhenItsDeploymentWasReplaced() {
        outdated.add(A);
        pool.review(A.version().function());
        invoke(A);
        finish(made.getFirst());

        pool.sweep();
        loop.run();

        assertThat(made.getFirst().gone()).isTrue();
    }

    @Test
    void takesTheRoomBackOfWhatCannotBePrepared() {
        pool = new EnvironmentPool(
                settings(1024, 10),
                (key, deployment, type, owner) -> make(
                        key,
                        deployment,
                        type,
                        owner,
                        (_, _, _, done) -> done.accept(new Failed(Refusal.CODE_UNAVAILABLE))),
                key -> !outdated.contains(key),
                time,
                () -> new MachineMemory.Reading(10_000, 0),
                metrics);

        assertThat(invoke(A)).containsExactly(new Refused(Refusal.CODE_UNAVAILABLE));
        assertThat(pool.usage()).isEqualTo(new Usage(0, 0, 0, false));
    }

    @Test
    void drainingRefusesWhatIsNewAndFinishesWhatRuns() throws InterruptedException {
        // given
        var running = invoke(A);
        invoke(B);
        finish(made.get(1));
        // when
        pool.drain(Duration.ZERO);
        loop.run();
        // then
        assertThat(invoke(A)).containsExactly(new Refused(Refusal.DRAINING));
        assertThat(made.get(1).gone()).isTrue();
        finish(made.get(0));
        assertThat(running).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(made.get(0).gone()).isTrue();
        assertThat(pool.usage()).isEqualTo(new Usage(0, 0, 0, true));
    }

    @Test
    void saysWhenWhatThereIsHasChangedAndNotWithEachInvocation() {
        pool.onChange(() -> changes++);
        invoke(A);
        assertThat(changes).isOne();
        finish(made.getFirst());
        assertThat(changes).isEqualTo(2);

        invoke(A);
        finish(made.getFirst());
        assertThat(changes).isEqualTo(2);

        loop.turn(Duration.ofMinutes(10));
        pool.sweep();
        assertThat(changes).isGreaterThan(2);
    }

    @Test
    void countsOfEachVersionWhatCanRunAnInvocationOrDoes() {
        invoke(A);
        invoke(A);
        invoke(B);
        assertThat(pool.census()).isEmpty();

        poll(made.getFirst());
        finish(made.getLast());
        assertThat(pool.census()).containsExactlyInAnyOrder(environments(A, 1), environments(B, 1));

        finish(made.get(1));
        assertThat(pool.census()).containsExactlyInAnyOrder(environments(A, 2), environments(B, 1));
    }

    @Test
    void startsAheadAsManyAsLiveOrStart() {
        invoke(A);
        assertThat(startAhead(A, 3, 1024)).isEqualTo(3);
        assertThat(made).hasSize(3);
        assertThat(startAhead(A, 2, 1024)).isEqualTo(3);
        assertThat(made).hasSize(3);
    }

    @Test
    void aFirstInvocationFindsWhatWasStartedAhead() {
        startAhead(A, 1, 1024);
        poll(made.getFirst());
        var answers = invoke(A);
        answer(made.getFirst());
        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(made).hasSize(1);
    }

    @Test
    void startsNoMoreAheadThanTheirShareOfTheMemoryUntilTheyAreUsed() {
        assertThat(startAhead(A, 4, 512)).isEqualTo(2);
        poll(made.getFirst());
        invoke(A);
        assertThat(startAhead(B, 4, 512)).isEqualTo(1);
    }

    @Test
    void letsNothingGoForWhatItStartsAhead() {
        for (int i = 0; i < 4; i++) {
            invoke(A);
        }
        made.forEach(this::finish);
        assertThat(startAhead(B, 1, 1024)).isZero();
        assertThat(made).hasSize(4).noneMatch(Inhabitant::gone);
    }

    @Test
    void startsNothingAheadWhileItDrains() throws InterruptedException {
        pool.drain(Duration.ZERO);
        assertThat(startAhead(A, 1, 1024)).isZero();
    }

    @Test
    void countsNothingThatHasBeenToldToStop() {
        invoke(A);
        finish(made.getFirst());
        loop.turn(Duration.ofMinutes(10));
        pool.sweep();
        assertThat(pool.census()).isEmpty();
    }

    private static Environments environments(EnvironmentKey key, int living) {
        return new Environments(key.version(), key.generation(), living, 0, null);
    }

    @Test
    void countsColdStartsByWhatCausedThem() {
        invoke(A);
        invoke(A);
        invoke(B);

        assertThat(coldStarts("first")).isEqualTo(2);
        assertThat(coldStarts("scale")).isOne();
    }

    private double coldStarts(String cause) {
        return meters.get("kappa.worker.cold.starts")
                .tag("cause", cause)
                .counter()
                .count();
    }

    private double retired(String reason) {
        return meters.get("kappa.worker.retirements")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static EnvironmentKey key(String name, long generation) {
        var function = new FunctionArn("us-east-1", "123456789012", new FunctionName(name));
        return new EnvironmentKey(new VersionArn(function, new Version.Latest()), generation);
    }

    private EnvironmentPool pool(int megabytes, int count) {
        return new EnvironmentPool(
                settings(megabytes, count),
                (key, deployment, type, owner) -> make(key, deployment, type, owner, (_, _, listener, done) -> {
                    var inhabitant = new Inhabitant(listener);
                    made.add(inhabitant);
                    done.accept(inhabitant.prepared());
                }),
                key -> !outdated.contains(key),
                time,
                () -> new MachineMemory.Reading(10_000, 0),
                metrics);
    }

    private static EnvironmentPoolSettings settings(int megabytes, int count) {
        return new EnvironmentPoolSettings(
                megabytes, count, Duration.ofMinutes(10), Duration.ofHours(2), new MemoryPressureSettings(256, 10));
    }

    private Environment make(
            EnvironmentKey key,
            Deployment deployment,
            InitializationType type,
            Environment.Owner owner,
            EnvironmentWorkshop workshop) {
        return new Environment(
                new EnvironmentPlan(key, deployment, new EnvironmentName("0", "group", "stream"), type),
                loop,
                workshop,
                Runnable::run,
                new EnvironmentSettings(Duration.ofSeconds(10), Duration.ofMillis(50)),
                owner,
                metrics,
                (_, _) -> {});
    }

    private List<InvocationOutcome> invoke(EnvironmentKey key) {
        return invoke(key, 256);
    }

    private int startAhead(EnvironmentKey key, int count, int mostMegabytes) {
        var deployment = Bench.deployment(key.generation(), Bench.configuration(256, Map.of()));
        int living = pool.startAhead(key, deployment, count, mostMegabytes);
        loop.run();
        return living;
    }

    private List<InvocationOutcome> invoke(EnvironmentKey key, int megabytes) {
        var heard = new ArrayList<InvocationOutcome>();
        pool.invoke(
                key,
                Bench.deployment(key.generation(), Bench.configuration(megabytes, Map.of())),
                Bench.invocation("r"),
                heard::add);
        loop.run();
        return heard;
    }

    /** Lets the runtime get ready where it is not yet, answer, and come back. */
    private void finish(Inhabitant inhabitant) {
        if (inhabitant.api.given.isEmpty()) {
            poll(inhabitant);
        }
        answer(inhabitant);
        poll(inhabitant);
    }

    private void poll(Inhabitant inhabitant) {
        inhabitant.runtime.polled();
        loop.run();
    }

    private void answer(Inhabitant inhabitant) {
        inhabitant.runtime.responded(Buffer.buffer("1"));
        loop.run();
    }
}
