package io.kappa.router.dispatch;

import static io.kappa.contracts.function.RuntimeIdentifier.NODEJS22_X;
import static io.kappa.contracts.function.RuntimeIdentifier.PYTHON3_13;
import static io.kappa.router.dispatch.Samples.FUNCTION;
import static io.kappa.router.dispatch.Samples.NOON;
import static io.kappa.router.dispatch.Samples.invocation;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.testkit.TurnedClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DispatcherTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final Vertx vertx = Vertx.vertx();
    private final TurnedClock clock = new TurnedClock(NOON);
    private final WorkerDirectory directory = new WorkerDirectory(clock);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final List<FakeWorker> workers = new ArrayList<>();
    private final Permit permit = new Permit();

    /** Lasts as long as the test wants. */
    private static final class Permit implements StartPermit {
        private long startBefore = System.nanoTime() + MINUTE;
        private boolean renewable = true;
        private int renewals;

        @Override
        public long startBefore() {
            return startBefore;
        }

        @Override
        public boolean renew() {
            renewals++;
            startBefore = System.nanoTime() + MINUTE;
            return renewable;
        }
    }

    private Dispatcher.Lane lane(Duration margin) {
        var dispatcher = new Dispatcher(directory, new DispatchSettings(Duration.ofSeconds(2), margin, 10), metrics);
        Promise<Dispatcher.Lane> lane = Promise.promise();
        vertx.runOnContext(_ -> lane.complete(dispatcher.lane(vertx)));
        return await(lane.future());
    }

    @AfterEach
    void closeEverything() {
        workers.forEach(FakeWorker::close);
        await(vertx.close());
    }

    private FakeWorker worker(String name) {
        var worker = new FakeWorker(vertx, name);
        workers.add(worker);
        directory.read(name, worker.status(PYTHON3_13), clock.millis());
        return worker;
    }

    private InvocationOutcome run(Invocation invocation) {
        return run(lane(Duration.ofMinutes(1)), invocation);
    }

    private InvocationOutcome run(Dispatcher.Lane lane, Invocation invocation) {
        Promise<InvocationOutcome> outcome = Promise.promise();
        vertx.runOnContext(_ -> lane.run(invocation, permit, outcome::complete));
        return await(outcome.future());
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    private static void assertPlatformError(InvocationOutcome outcome, ErrorCode code, String message) {
        assertThat(outcome).isEqualTo(new InvocationOutcome.PlatformError(code, message));
    }

    @Test
    void handsTheInvocationToTheWorkerAndItsAnswerBack() {
        var worker = worker("a").returns("42");
        assertThat(run(invocation("{\"k\":1}")))
                .isEqualTo(new InvocationOutcome.Answered(false, Buffer.buffer("42"), "dGFpbA=="));
        assertThat(worker.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.payload().toString()).isEqualTo("{\"k\":1}");
            assertThat(asked.header(InvocationProtocol.REQUEST_ID)).isEqualTo("11111111-2222-4333-8444-555555555555");
            assertThat(asked.header(InvocationProtocol.VERSION)).isEqualTo(FUNCTION + ":$LATEST");
            assertThat(asked.header(InvocationProtocol.GENERATION)).isEqualTo("7");
            assertThat(asked.header(InvocationProtocol.INVOKED_ARN)).isEqualTo(FUNCTION.toString());
            assertThat(asked.header(InvocationProtocol.TRACE_ID)).isEqualTo("Root=1-2-3");
            assertThat(asked.header(InvocationProtocol.CLIENT_CONTEXT)).isEqualTo("{\"custom\":{}}");
            assertThat(asked.header(InvocationProtocol.LOG_TYPE)).isEqualTo("Tail");
        });
        assertThat(directory.running()).isZero();
    }

    @Test
    void tellsErrorsOfTheFunctionFromItsResults() {
        worker("a").failsWith("{\"errorType\":\"E\"}");
        assertThat(run(invocation("{}")))
                .isEqualTo(new InvocationOutcome.Answered(true, Buffer.buffer("{\"errorType\":\"E\"}"), "dGFpbA=="));
    }

    @Test
    void carriesAnswersOfManyParts() {
        var large = "\"" + "x".repeat(3_000_000) + "\"";
        worker("a").returns(large);
        assertThat(run(invocation("{}")))
                .isInstanceOfSatisfying(
                        InvocationOutcome.Answered.class,
                        answered -> assertThat(answered.payload().toString()).isEqualTo(large));
    }

    @Test
    void asksNobodyElseWhereTheFunctionsOwnHooksTookTooLongAfterARestore() {
        var slow = worker("a").refuses(Refusal.RESTORE_TIMED_OUT);

        assertThat(run(invocation("{}")))
                .isInstanceOfSatisfying(
                        InvocationOutcome.PlatformError.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.SNAP_START_TIMEOUT));
        assertThat(slow.asked()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TOO_LATE", "RESTORE_TIMED_OUT"})
    void asksAnotherWorkerWhereOneRefuses(Refusal refusal) {
        var refusing = worker("a").refuses(refusal);
        var willing = worker("b").returns("1");
        for (int i = 0; i < 10; i++) {
            assertThat(run(invocation("{}"))).isInstanceOf(InvocationOutcome.Answered.class);
        }
        assertThat(willing.asked()).hasSize(10);
        assertThat(metrics.get("kappa.router.worker.refusals").counters().stream()
                        .mapToDouble(io.micrometer.core.instrument.Counter::count)
                        .sum())
                .isEqualTo(refusing.asked().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FULL | SERVICE_UNAVAILABLE | No worker node has memory left to run the function.",
                "DRAINING | SERVICE_UNAVAILABLE | Every worker node that could run the function is draining.",
                "VERSION_UNKNOWN | SERVICE_UNAVAILABLE | The worker nodes have not come to know this version of the function in time.",
                "CODE_UNAVAILABLE | INVALID_ZIP_FILE | The worker nodes could not read or unpack the deployment package.",
                "IMAGE_UNAVAILABLE | RESOURCE_NOT_READY | The worker nodes could not get or unpack the function's image. Check that it still is where it was when the function was created or updated.",
                "KEY_NOT_FOUND | KMS_NOT_FOUND | Lambda was unable to decrypt the environment variables because the KMS key was not found. Please check the function's KMS key settings.",
                "KEY_INVALID | KMS_ACCESS_DENIED | Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings.",
                "RUNTIME_UNAVAILABLE | INVALID_RUNTIME | No worker node has the runtime python3.13 installed.",
            })
    void saysWhyNoWorkerTakesIt(Refusal refusal, ErrorCode code, String message) {
        worker("a").refuses(refusal);
        assertPlatformError(run(invocation("{}")), code, message);
        assertThat(directory.running()).isZero();
    }

    @Test
    void tellsTheWorkerInItsOwnTimeUntilWhenItMayBegin() {
        var worker = worker("a");
        long before = System.nanoTime();
        run(invocation("{}"));

        assertThat(worker.asked()).singleElement().satisfies(asked -> {
            var time = asked.header(InvocationProtocol.START_BEFORE).split(":");
            assertThat(time[0]).isEqualTo(FakeWorker.LIFE);
            assertThat(Long.parseLong(time[1])).isBetween(before + MINUTE * 9 / 10, permit.startBefore);
        });
    }

    @Test
    void asksTheSameWorkerAgainWhereItWasTooLateForIt() {
        worker("b");
        worker("a");
        for (var worker : workers) {
            worker.does(request -> {
                if (worker.asked().size() == 1 && permit.renewals == 0) {
                    refuse(request, Refusal.TOO_LATE);
                } else {
                    request.response()
                            .putHeader(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_RESULT)
                            .end("1");
                }
            });
        }

        assertThat(run(invocation("{}"))).isInstanceOf(InvocationOutcome.Answered.class);
        assertThat(workers.stream().map(worker -> worker.asked().size())).containsExactlyInAnyOrder(0, 2);
        assertThat(permit.renewals).isEqualTo(1);
    }

    private static void refuse(HttpServerRequest request, Refusal refusal) {
        request.response()
                .setStatusCode(503)
                .putHeader(InvocationProtocol.REFUSAL, refusal.name())
                .end();
    }

    @Test
    void givesUpWhereItMayBeginNoMore() {
        permit.renewable = false;
        var worker = worker("a").refuses(Refusal.TOO_LATE);
        assertPlatformError(
                run(invocation("{}")),
                ErrorCode.SERVICE_UNAVAILABLE,
                "The invocation could not begin in the time in which it might.");
        assertThat(worker.asked()).hasSize(1);
        assertThat(directory.running()).isZero();
    }

    @Test
    void givesUpWhereItIsAlwaysTooLate() {
        var worker = worker("a").refuses(Refusal.TOO_LATE);
        assertThat(run(invocation("{}"))).isInstanceOf(InvocationOutcome.PlatformError.class);
        assertThat(worker.asked()).hasSize(5);
    }

    @Test
    void asksThreeWorkersAtMost() {
        for (var name : List.of("a", "b", "c", "d", "e")) {
            worker(name).refuses(Refusal.FULL);
        }
        run(invocation("{}"));
        assertThat(workers.stream().mapToInt(worker -> worker.asked().size()).sum())
                .isEqualTo(3);
    }

    @Test
    void takesARefusalOfAnUnknownKindForOne() {
        var newer = worker("a")
                .does(request -> request.response()
                        .setStatusCode(503)
                        .putHeader(InvocationProtocol.REFUSAL, "MOON_TOO_BRIGHT")
                        .end());
        assertThat(run(invocation("{}"))).isInstanceOf(InvocationOutcome.PlatformError.class);
        assertThat(newer.asked()).hasSize(1);
    }

    @Test
    void asksAnotherWorkerWhereOneCannotBeReached() {
        worker("a").close();
        workers.clear();
        var reachable = worker("b").returns("1");
        for (int i = 0; i < 5; i++) {
            assertThat(run(invocation("{}"))).isInstanceOf(InvocationOutcome.Answered.class);
        }
        assertThat(reachable.asked()).hasSize(5);
        assertThat(directory.running()).isZero();
    }

    @Test
    void neverRunsAgainWhatMayHaveRun() {
        worker("a").breaksOff();
        worker("b").breaksOff();
        assertThat(run(invocation("{}"))).isEqualTo(new InvocationOutcome.Lost("the connection broke"));
        assertThat(workers.stream().mapToInt(worker -> worker.asked().size()).sum())
                .isEqualTo(1);
        assertThat(directory.running()).isZero();
        assertThat(metrics.get("kappa.router.worker.broken").counter().count()).isEqualTo(1);
    }

    @Test
    void passesAWorkerOverWhoseConnectionBrokeUntilItSaysSomething() {
        var broken = worker("a").breaksOff();
        run(invocation("{}"));
        var other = worker("b").returns("1");
        clock.turn(Duration.ofSeconds(2));
        for (int i = 0; i < 5; i++) {
            assertThat(run(invocation("{}"))).isInstanceOf(InvocationOutcome.Answered.class);
        }
        assertThat(broken.asked()).hasSize(1);
        assertThat(other.asked()).hasSize(5);
    }

    @Test
    void doesNotGoBackToAWorkerThatHasSaidItDrains() {
        var draining = worker("a").refuses(Refusal.DRAINING);
        assertThat(run(invocation("{}"))).isInstanceOf(InvocationOutcome.PlatformError.class);
        worker("b").returns("1");
        for (int i = 0; i < 5; i++) {
            assertThat(run(invocation("{}"))).isInstanceOf(InvocationOutcome.Answered.class);
        }
        assertThat(draining.asked()).hasSize(1);
    }

    @Test
    void takesAnAnswerThatBreaksOffForLost() {
        worker("a").does(request -> {
            request.response().putHeader("Content-Length", "100").write("half");
            request.connection().close();
        });
        assertThat(run(invocation("{}")))
                .isEqualTo(new InvocationOutcome.Lost("the connection broke within the answer"));
        assertThat(directory.running()).isZero();
    }

    @Test
    void takesAnyOtherStatusForLost() {
        worker("a").answersStatus(500);
        assertThat(run(invocation("{}"))).isEqualTo(new InvocationOutcome.Lost("it answered with status 500"));
        worker("b");
        workers.getFirst().answersStatus(503);
        directory.read("b", null, clock.millis());
        assertThat(run(invocation("{}"))).isEqualTo(new InvocationOutcome.Lost("it answered with status 503"));
    }

    @Test
    void takesAnAnswerThatDoesNotSayWhatItIsForLost() {
        worker("a").answersStatus(200);
        assertThat(run(invocation("{}"))).isEqualTo(new InvocationOutcome.Lost("it did not say what its answer is"));
    }

    @Test
    void waitsForAnAnswerOnlySoMuchLongerThanTheFunctionMayRun() {
        var lane = lane(Duration.ofSeconds(-3).plusMillis(50)); // The function may run for 3 s.
        worker("a").does(_ -> {});
        assertThat(run(lane, invocation("{}"))).isEqualTo(new InvocationOutcome.Lost("it did not answer in time"));
        assertThat(directory.running()).isZero();
    }

    @Test
    void saysThatNoWorkerIsThere() {
        assertPlatformError(
                run(invocation("{}")), ErrorCode.SERVICE_UNAVAILABLE, "No worker node is there to run the function.");
    }

    @Test
    void saysThatNoWorkerHasTheRuntime() {
        directory.read("a", Samples.status("a", 1024, false, NODEJS22_X), clock.millis());
        assertPlatformError(
                run(invocation("{}")),
                ErrorCode.INVALID_RUNTIME,
                "No worker node has the runtime python3.13 installed.");
    }

    @Test
    void saysThatEveryWorkerDrains() {
        directory.read("a", Samples.status("a", 1024, true, PYTHON3_13), clock.millis());
        assertPlatformError(
                run(invocation("{}")),
                ErrorCode.SERVICE_UNAVAILABLE,
                "Every worker node that offers python3.13 is draining or cannot be reached.");
    }
}
