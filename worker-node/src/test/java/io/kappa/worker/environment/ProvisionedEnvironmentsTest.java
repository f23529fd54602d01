package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Failed;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.kappa.worker.environment.InvocationOutcome.Result;
import io.kappa.worker.environment.ProvisionedEnvironments.Count;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProvisionedEnvironmentsTest {
    private static final EnvironmentKey A = PoolBench.key("a");
    private static final EnvironmentKey B = PoolBench.key("b");

    private final PoolBench bench = new PoolBench(1024, 10, Duration.ofMinutes(10), Duration.ofHours(2));

    @Test
    void anInvocationFindsItReady() {
        var provisioned = bench.provisioned(A);

        var answers = bench.invoke(A);
        provisioned.finish();

        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(bench.made).hasSize(1);
    }

    @Test
    void isPreferredToOneThatWasUsedLater() {
        var provisioned = bench.provisioned(A);
        bench.invoke(A);
        var onDemand = bench.idle(A);
        provisioned.finish();
        bench.invoke(A);
        bench.invoke(A);
        onDemand.finish();
        provisioned.finish();
        bench.invoke(A);

        assertThat(provisioned.api.given).hasSize(3);
        assertThat(onDemand.api.given).hasSize(2);
    }

    @Test
    void whereAllAreBusyInvocationsSpillOverToOthersOnDemand() {
        bench.provisioned(A);
        bench.invoke(A);

        bench.invoke(A);

        assertThat(bench.made).hasSize(2);
        assertThat(bench.coldStarts("scale")).isOne();
        assertThat(bench.pool.provisioned()).containsExactly(Map.entry(A, new Count(0, 1, 0)));
    }

    @Test
    void isNotRetiredForBeingIdleNorForItsMemoryNorUnderPressure() {
        // given
        var provisioned = bench.provisioned(A);
        bench.loop.turn(Duration.ofMinutes(30));
        bench.reading = new MachineMemory.Reading(0, 100);
        // when
        bench.sweep();
        var refused = bench.invoke(B, 1024);
        // then
        assertThat(provisioned.gone()).isFalse();
        assertThat(refused).containsExactly(new Refused(Refusal.FULL));
    }

    @Test
    void othersGoWhereItNeedsTheRoom() {
        var idle = bench.idle(B);
        for (int i = 0; i < 4; i++) {
            assertThat(bench.startProvisioned(A)).isTrue();
        }

        assertThat(idle.gone()).isTrue();
        assertThat(bench.startProvisioned(A)).isFalse();
        assertThat(bench.pool.provisioned()).containsExactly(Map.entry(A, new Count(4, 0, 0)));
    }

    @Test
    void anInvocationThatComesWhileItStartsWaitsForItAndStartsNoOther() {
        bench.startProvisioned(A);

        var answers = bench.invoke(A);
        bench.made.getFirst().poll();
        bench.made.getFirst().answer();

        assertThat(answers).hasSize(1);
        assertThat(bench.made).hasSize(1);
    }

    @Test
    void whatCannotBeInitialisedGoesAndSaysWhy() {
        bench.startProvisioned(A);

        bench.made.getFirst().failInit("Runtime.ImportModuleError", "No module named 'x'");

        assertThat(bench.made.getFirst().gone()).isTrue();
        assertThat(bench.losses)
                .containsExactly(
                        "a failed: FUNCTION_ERROR_INIT_FAILURE (Runtime.ImportModuleError: No module named 'x')");
        assertThat(bench.pool.provisioned()).isEmpty();
        assertThat(bench.pool.usage().usedMegabytes()).isZero();
    }

    @Test
    void whoeverHasWaitedForOneThatFailsToInitialiseIsStillServed() {
        // given
        bench.startProvisioned(A);
        var answers = bench.invoke(A);
        // when
        bench.made.getFirst().failInit("Runtime.Unknown", "once");
        bench.made.getFirst().poll();
        bench.made.getFirst().finish();
        // then
        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(bench.losses).hasSize(1);
        assertThat(bench.pool.provisioned()).isEmpty();
    }

    @Test
    void whatThisMachineCannotMakeSaysWhy() {
        bench.preparer = (_, done) -> done.accept(new Failed(Refusal.CODE_UNAVAILABLE));

        bench.startProvisioned(A);

        assertThat(bench.losses).containsExactly("a failed: CODE_UNAVAILABLE");
        assertThat(bench.pool.provisioned()).isEmpty();
    }

    @Test
    void oneWhoseRuntimeEndsWhileIdleGoes() {
        var provisioned = bench.provisioned(A);
        bench.loop.turn(Duration.ofMinutes(3));

        provisioned.exit();

        assertThat(provisioned.gone()).isTrue();
        assertThat(bench.losses).containsExactly("a lost after PT3M");
        assertThat(bench.retired("failed")).isOne();
    }

    @Test
    void oneWhoseRuntimeEndsInAnInvocationGoes() {
        var provisioned = bench.provisioned(A);
        var answers = bench.invoke(A);

        provisioned.exit();

        assertThat(answers).hasSize(1);
        assertThat(provisioned.gone()).isTrue();
        assertThat(bench.losses).containsExactly("a lost after PT0S");
    }

    @Test
    void oneThatIsTooOldStaysUntilItIsReleased() {
        // given
        var old = bench.provisioned(A);
        bench.loop.turn(Duration.ofHours(2));
        bench.sweep();
        assertThat(old.gone()).isFalse();
        assertThat(bench.pool.provisioned()).containsExactly(Map.entry(A, new Count(0, 1, 1)));
        // when
        bench.pool.startProvisioned(A, PoolBench.deployment(256), true);
        bench.loop.run();
        bench.made.getLast().poll();
        bench.pool.release(A, 1);
        bench.sweep();
        // then
        assertThat(old.gone()).isTrue();
        assertThat(bench.pool.provisioned()).containsExactly(Map.entry(A, new Count(0, 1, 0)));
        assertThat(bench.coldStarts("provisioned")).isOne();
        assertThat(bench.coldStarts("ahead")).isOne();
    }

    @Test
    void onesThatAreReleasedLiveOnAsIfTheyHadJustBecomeIdle() {
        // given
        var first = bench.provisioned(A);
        var second = bench.provisioned(A);
        bench.loop.turn(Duration.ofHours(1));
        // when
        bench.pool.release(A, 2);
        bench.sweep();
        // then
        assertThat(bench.pool.provisioned()).isEmpty();
        assertThat(first.gone()).isFalse();
        bench.invoke(A);
        assertThat(bench.made).hasSize(2);
        bench.loop.turn(Duration.ofMinutes(10));
        bench.sweep();
        assertThat(first.gone()).isTrue();
        assertThat(second.gone()).isFalse();
    }

    @Test
    void releasesOnesThatStartBeforeIdleOnesAndTheseBeforeBusyOnes() {
        var bench = new PoolBench(1024, 10, Duration.ofSeconds(2), Duration.ofHours(2));
        bench.provisioned(A);
        bench.invoke(A);
        bench.provisioned(A);
        bench.startProvisioned(A);

        bench.pool.release(A, 1);
        assertThat(bench.pool.provisioned()).containsExactly(Map.entry(A, new Count(0, 2, 0)));

        bench.pool.release(A, 1);
        bench.loop.turn(Duration.ofSeconds(2));
        bench.sweep();
        assertThat(bench.made.stream().map(PoolBench.Inhabitant::gone)).containsExactly(false, true, false);
    }

    @Test
    void goesWhenItsVersionIsNoMore() {
        var provisioned = bench.provisioned(A);
        bench.outdated.add(A);

        bench.pool.review(A.version().function());
        bench.loop.run();

        assertThat(provisioned.gone()).isTrue();
        assertThat(bench.losses).isEmpty();
        assertThat(bench.pool.provisioned()).isEmpty();
    }

    @Test
    void drainingStopsThoseThatStartAndThoseThatAreIdle() throws InterruptedException {
        var ready = bench.provisioned(A);
        bench.startProvisioned(A);

        bench.pool.drain(Duration.ZERO);
        bench.loop.run();

        assertThat(ready.gone()).isTrue();
        assertThat(bench.made.getLast().gone()).isTrue();
        assertThat(bench.startProvisioned(A)).isFalse();
    }
}
