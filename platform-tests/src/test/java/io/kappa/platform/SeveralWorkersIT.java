package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.contracts.invocation.ReadinessHint;
import io.kappa.platform.OneService.Part;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two worker nodes share the work of one router, and either may leave at any time. */
@Timeout(300)
class SeveralWorkersIT {
    private static final Set<Part> PARTS = EnumSet.of(Part.BROKER, Part.ROUTER, Part.WORKER, Part.SECOND_WORKER);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CALLERS = 8;
    private static final int A_WHILE = 300;

    @TempDir
    private Path data;

    private SeparateProcesses platform;

    @BeforeEach
    void start() throws IOException {
        platform = SeparateProcesses.start(data, PARTS, "worker.memory-megabytes=2048", "worker.sandbox.kind=process");
        try {
            Waiting.until(PATIENCE, () -> workers().size() == 2);
        } catch (AssertionError e) {
            throw new AssertionError("known are " + workers() + "\n" + platform.outputWithStacks(), e);
        }
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    @Test
    void drainingAWorkerUnderLoadFailsNoRequest() throws Exception {
        try (var callers = callers()) {
            // when
            assertThat(platform.terminate(Part.SECOND_WORKER)).isZero();
            // then
            Waiting.until(PATIENCE, () -> workers().size() == 1);
            callers.awaitAnswers(A_WHILE);
            assertThat(callers.failures()).as(platform::output).isEmpty();

            // when
            platform.start(Part.SECOND_WORKER);
            Waiting.until(PATIENCE, () -> workers().size() == 2);
            assertThat(platform.terminate(Part.WORKER)).isZero();
            // then
            Waiting.until(PATIENCE, () -> workers().size() == 1);
            callers.awaitAnswers(A_WHILE);
            assertThat(callers.failures()).as(platform::output).isEmpty();
        }
    }

    @Test
    void killingAWorkerFailsOnlyWhatRanThere() throws Exception {
        try (var callers = callers()) {
            var ports = ports();
            // when
            platform.kill(Part.SECOND_WORKER);
            long killed = System.nanoTime();
            // then
            callers.awaitAnswers(A_WHILE);
            assertThat(callers.failures())
                    .as(platform::output)
                    .hasSizeLessThanOrEqualTo(CALLERS)
                    .allSatisfy(failure -> {
                        assertThat(failure.begunNanos() - killed).isNegative();
                        assertThat(failure.what()).startsWith("500 ").contains("lost on its worker node");
                    });
            int before = callers.failures().size();

            // when
            platform.start(Part.SECOND_WORKER);
            Waiting.until(PATIENCE, () -> !ports.containsAll(ports()));
            // then
            callers.awaitAnswers(A_WHILE);
            assertThat(callers.failures()).as(platform::output).hasSize(before);
        }
    }

    @Test
    void anIdleEnvironmentIsFoundOnWhicheverWorkerItIs() {
        try (var lambda = platform.lambda()) {
            var functions = new Functions(lambda);
            var name = functions.python("""
                    runs = 0
                    def handler(event, context):
                        global runs
                        runs += 1
                        return runs
                    """);
            for (int i = 1; i <= 20; i++) {
                assertThat(functions.invoke(name, "{}").payload().asUtf8String())
                        .isEqualTo(Integer.toString(i));
            }
            Waiting.until(
                    PATIENCE,
                    () -> workers().stream().mapToInt(SeveralWorkersIT::living).sum() == 1);
        }
    }

    @Test
    void aBacklogThatIsToldOfHasEnvironmentsStartedOnBothWorkers() throws Exception {
        try (var lambda = platform.lambda();
                var http = HttpClient.newHttpClient()) {
            var functions = new Functions(lambda);
            var name = functions.python("def handler(event, context): return event");
            var hint = HttpRequest.newBuilder(platform.endpoint().resolve(ReadinessHint.PATH + name + "?Concurrency=4"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            assertThat(http.send(hint, HttpResponse.BodyHandlers.discarding()).statusCode())
                    .isEqualTo(202);
            Waiting.until(PATIENCE, () -> workers().stream().allMatch(worker -> living(worker) == 2));
            assertThat(functions.invoke(name, "1").payload().asUtf8String()).isEqualTo("1");
            assertThat(workers()).allMatch(worker -> living(worker) == 2);
        }
    }

    /** Callers of a function that both workers have environments of. */
    private SteadyCallers callers() {
        try (var lambda = platform.lambda()) {
            var name = new Functions(lambda).python("""
                    import time
                    def handler(event, context):
                        time.sleep(0.02)
                        return "done"
                    """);
            var callers = new SteadyCallers(platform.endpoint(), name, CALLERS);
            Waiting.until(PATIENCE, () -> workers().stream().allMatch(worker -> living(worker) > 0));
            callers.awaitAnswers(A_WHILE);
            return callers;
        }
    }

    private List<JsonNode> workers() {
        var workers = platform.management(Part.ROUTER, "/v1/workers").path("workers");
        return StreamSupport.stream(workers.spliterator(), false).toList();
    }

    private List<Integer> ports() {
        return workers().stream().map(worker -> worker.path("port").asInt()).toList();
    }

    private static int living(JsonNode worker) {
        return StreamSupport.stream(worker.path("environments").spliterator(), false)
                .mapToInt(of -> of.path("living").asInt())
                .sum();
    }
}
