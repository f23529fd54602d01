package io.kappa.worker.invocation;

import static io.kappa.worker.invocation.RegistrySamples.LATEST;
import static io.kappa.worker.invocation.RegistrySamples.deployment;
import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.contracts.worker.ReadinessProtocol;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.Invocation;
import io.kappa.worker.environment.InvocationOutcome;
import io.kappa.worker.environment.InvocationOutcome.Abandoned;
import io.kappa.worker.environment.InvocationOutcome.Answer;
import io.kappa.worker.environment.InvocationOutcome.FunctionError;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.kappa.worker.environment.InvocationOutcome.Result;
import io.kappa.worker.environment.InvocationRunner;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InvocationServerTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final DeployedFunctions functions = new DeployedFunctions();
    private final Runner runner = new Runner();
    private final BlockingQueue<StartedAhead> startedAhead = new LinkedBlockingQueue<>();
    private final InvocationServer server =
            InvocationServer.open(VERTX, "127.0.0.1", 0, 2, functions, runner, (key, deployment, count) -> {
                startedAhead.add(new StartedAhead(key, deployment, count));
                return count - 1;
            });

    private record StartedAhead(EnvironmentKey key, Deployment deployment, int count) {}

    /** Takes whatever is to be run, and does nothing with it but give the outcome that the test wants. */
    private static final class Runner implements InvocationRunner {
        final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
        final BlockingQueue<Refusal> refused = new LinkedBlockingQueue<>();
        InvocationOutcome outcome = new Result(Buffer.buffer("\"done\""), "");
        List<String> parts = List.of();

        record Asked(EnvironmentKey key, Deployment deployment, Invocation invocation) {}

        @Override
        public void invoke(EnvironmentKey key, Deployment deployment, Invocation invocation, Answer answer) {
            asked.add(new Asked(key, deployment, invocation));
            if (!parts.isEmpty()) {
                answer.begin("text/html", _ -> {});
                parts.forEach(part -> answer.part(Buffer.buffer(part)));
            }
            answer.give(outcome);
        }

        @Override
        public void countRefusal(Refusal refusal) {
            refused.add(refusal);
        }
    }

    @BeforeEach
    void deploy() {
        functions.read(RegistrySamples.function(), _ -> {});
        functions.read(RegistrySamples.latest(2), _ -> {});
    }

    @AfterEach
    void closeServer() {
        server.close();
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        VERTX.close().await();
    }

    @Test
    void handsOverTheWholeInvocation() throws Exception {
        var response = send(request("{\"k\":1}", 2)
                .header(InvocationProtocol.TRACE_ID, "Root=1-5")
                .header(InvocationProtocol.CLIENT_CONTEXT, "{\"client\":1}")
                .header(InvocationProtocol.LOG_TYPE, "Tail"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("\"done\"");
        assertThat(response.headers().firstValue(InvocationProtocol.OUTCOME)).contains("result");
        assertThat(response.headers().firstValue(InvocationProtocol.LOG_TAIL)).isEmpty();
        assertThat(runner.asked)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("invocation.arrivedNanos")
                .containsExactly(new Runner.Asked(
                        new EnvironmentKey(LATEST, 2),
                        deployment(2),
                        new Invocation(
                                "r1",
                                LATEST.function() + ":live",
                                "Root=1-5",
                                "{\"client\":1}",
                                true,
                                Buffer.buffer("{\"k\":1}"))));
    }

    private HttpClientResponse streamed() throws Exception {
        return VERTX.createHttpClient()
                .request(HttpMethod.POST, server.port(), "127.0.0.1", InvocationProtocol.PATH)
                .compose(request -> {
                    request.putHeader(InvocationProtocol.ANSWER_MODE, InvocationProtocol.STREAMED)
                            .putHeader(InvocationProtocol.REQUEST_ID, "r1")
                            .putHeader(InvocationProtocol.VERSION, LATEST.toString())
                            .putHeader(InvocationProtocol.GENERATION, "2")
                            .putHeader(
                                    InvocationProtocol.INVOKED_ARN,
                                    LATEST.function().toString());
                    return request.send("{}")
                            .compose(response -> response.body().map(response));
                })
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @Test
    void streamsAResultAndTellsItsEndInTrailers() throws Exception {
        runner.parts = List.of("one ", "two");
        runner.outcome = new Result(Buffer.buffer(), "dGFpbA==");

        var response = streamed();

        assertThat(response.getHeader(InvocationProtocol.OUTCOME)).isEqualTo("stream");
        assertThat(response.getHeader("Content-Type")).isEqualTo("text/html");
        assertThat(response.body().result().toString()).isEqualTo("one two");
        assertThat(response.trailers().get(InvocationProtocol.OUTCOME)).isEqualTo("result");
        assertThat(response.trailers().get(InvocationProtocol.LOG_TAIL)).isEqualTo("dGFpbA==");
        assertThat(runner.asked.take().invocation().streamed()).isTrue();
    }

    @Test
    void tellsInTrailersThatAFunctionFailedWithinItsStream() throws Exception {
        runner.parts = List.of("one ");
        runner.outcome = new FunctionError("Function.Boom", Buffer.buffer("{\"e\":1}"), "");

        var response = streamed();

        assertThat(response.body().result().toString()).isEqualTo("one ");
        assertThat(response.trailers().get(InvocationProtocol.OUTCOME)).isEqualTo("function-error");
        assertThat(response.trailers().get(InvocationProtocol.ERROR)).isEqualTo("eyJlIjoxfQ==");
    }

    @Test
    void answersAsAWholeWhereNothingComesInParts() throws Exception {
        var response = streamed();

        assertThat(response.getHeader(InvocationProtocol.OUTCOME)).isEqualTo("result");
        assertThat(response.body().result().toString()).isEqualTo("\"done\"");
    }

    @Test
    void breaksAStreamOffWhoseEnvironmentIsTakenAway() {
        runner.parts = List.of("one ");
        runner.outcome = new Abandoned();

        assertThatThrownBy(this::streamed).hasRootCauseInstanceOf(HttpClosedException.class);
    }

    @Test
    void startsEnvironmentsAheadAndSaysHowManyThereAre() throws Exception {
        var response = send(ahead(1, "3"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue(ReadinessProtocol.COUNT)).contains("2");
        assertThat(startedAhead).containsExactly(new StartedAhead(new EnvironmentKey(LATEST, 2), deployment(2), 3));
    }

    @Test
    void startsNothingAheadOfAVersionThatItDoesNotKnowOrWithoutACount() throws Exception {
        assertThat(send(ahead(3, "3")).headers().firstValue(InvocationProtocol.REFUSAL))
                .contains("VERSION_UNKNOWN");
        assertThat(send(ahead(1, "some")).statusCode()).isEqualTo(400);
        assertThat(startedAhead).isEmpty();
    }

    private HttpRequest.Builder ahead(long generation, String count) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + ReadinessProtocol.PATH))
                .timeout(Duration.ofSeconds(10))
                .header(InvocationProtocol.VERSION, LATEST.toString())
                .header(InvocationProtocol.GENERATION, Long.toString(generation))
                .header(ReadinessProtocol.COUNT, count)
                .POST(BodyPublishers.noBody());
    }

    @Test
    void runsWhatTheVersionRunsNowEvenWhereTheRouterKnowsLess() throws Exception {
        send(request("{}", 1));

        assertThat(runner.asked.poll(20, TimeUnit.SECONDS))
                .extracting(Runner.Asked::key)
                .isEqualTo(new EnvironmentKey(LATEST, 2));
    }

    @Test
    void tellsAFunctionErrorWithItsTail() throws Exception {
        runner.outcome = new FunctionError("Function.Unknown", Buffer.buffer("{\"errorType\":\"x\"}"), "dGFpbA==");

        var response = send(request("{}", 2));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"errorType\":\"x\"}");
        assertThat(response.headers().firstValue(InvocationProtocol.OUTCOME)).contains("function-error");
        assertThat(response.headers().firstValue(InvocationProtocol.LOG_TAIL)).contains("dGFpbA==");
    }

    @Test
    void tellsARefusal() throws Exception {
        runner.outcome = new Refused(Refusal.FULL);

        var response = send(request("{}", 2));

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue(InvocationProtocol.REFUSAL)).contains("FULL");
    }

    private String reading() throws Exception {
        var asked =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + InvocationProtocol.CLOCK_PATH));
        var response = CLIENT.send(asked.build(), ofString());
        assertThat(response.statusCode()).isEqualTo(204);
        return response.headers().firstValue(InvocationProtocol.CLOCK).orElseThrow();
    }

    @Test
    void everyAnswerTellsTheClockWhichNeverGoesBack() throws Exception {
        var first = reading().split(":");
        var answered = send(request("{}", 2))
                .headers()
                .firstValue(InvocationProtocol.CLOCK)
                .orElseThrow()
                .split(":");
        var last = reading().split(":");

        assertThat(answered[0]).isEqualTo(first[0]).isEqualTo(last[0]);
        assertThat(Long.parseLong(answered[1])).isBetween(Long.parseLong(first[1]), Long.parseLong(last[1]));
    }

    @Test
    void handsOverUntilWhenTheInvocationMayBegin() throws Exception {
        long before = System.nanoTime();
        var reading = reading().split(":");
        long after = System.nanoTime();
        var inAMinute = Long.parseLong(reading[1]) + 60_000_000_000L;

        send(request("{}", 2).header(InvocationProtocol.START_BEFORE, reading[0] + ":" + inAMinute));

        assertThat(runner.asked.remove().invocation().startBefore().orElseThrow() - 60_000_000_000L)
                .isBetween(before, after);
    }

    @Test
    void refusesWhatWasMeantForAnotherOfItsLives() throws Exception {
        for (var life : List.of("0123456789abcdef", "", reading().split(":")[0] + "0")) {
            var response = send(request("{}", 2).header(InvocationProtocol.START_BEFORE, life + ":9000000000000000"));

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue(InvocationProtocol.REFUSAL))
                    .contains("TOO_LATE");
            assertThat(response.headers().firstValue(InvocationProtocol.CLOCK)).isPresent();
            assertThat(runner.refused.remove()).isEqualTo(Refusal.TOO_LATE);
        }
        assertThat(runner.asked).isEmpty();
    }

    @Test
    void tellsThatAnInvocationWasCutOff() throws Exception {
        runner.outcome = new Abandoned();

        assertThat(send(request("{}", 2)).statusCode()).isEqualTo(500);
    }

    @Test
    void waitsForADeploymentThatTheRouterKnowsAlready() throws Exception {
        var response = CLIENT.sendAsync(request("{}", 3).build(), ofString());
        awaitWaiter();
        functions.read(RegistrySamples.latest(3), _ -> {});

        assertThat(response.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(runner.asked.poll(20, TimeUnit.SECONDS))
                .extracting(Runner.Asked::key)
                .isEqualTo(new EnvironmentKey(LATEST, 3));
    }

    @Test
    void refusesAVersionThatDoesNotComeInTime() throws Exception {
        var response = send(request("{}", 3));

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue(InvocationProtocol.REFUSAL)).contains("VERSION_UNKNOWN");
        assertThat(runner.refused).containsExactly(Refusal.VERSION_UNKNOWN);
        assertThat(runner.asked).isEmpty();
    }

    @Test
    void takesAPayloadOfSixMegabytes() throws Exception {
        var payload = "x".repeat(6 * 1024 * 1024);

        assertThat(send(request(payload, 2)).statusCode()).isEqualTo(200);
        assertThat(runner.asked.poll(20, TimeUnit.SECONDS))
                .extracting(asked -> asked.invocation().payload().length())
                .isEqualTo(6 * 1024 * 1024);
    }

    @Test
    void refusesAPayloadThatNoRouterLetsThrough() throws Exception {
        var payload = "x".repeat(InvocationServer.LARGEST_PAYLOAD + 1);

        assertThat(send(request(payload, 2)).statusCode()).isEqualTo(413);
        assertThat(runner.asked).isEmpty();
    }

    @Test
    void answersWhatItDoesNotUnderstand() throws Exception {
        assertThat(send(HttpRequest.newBuilder(uri(InvocationProtocol.PATH)).POST(BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send(request("{}", 2).setHeader(InvocationProtocol.GENERATION, "two"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send(request("{}", 2).setHeader(InvocationProtocol.VERSION, "hello"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send(HttpRequest.newBuilder(uri("/else"))).statusCode()).isEqualTo(404);
    }

    private HttpRequest.Builder request(String payload, long generation) {
        return HttpRequest.newBuilder(uri(InvocationProtocol.PATH))
                .timeout(Duration.ofSeconds(20))
                .header(InvocationProtocol.REQUEST_ID, "r1")
                .header(InvocationProtocol.VERSION, LATEST.toString())
                .header(InvocationProtocol.GENERATION, Long.toString(generation))
                .header(InvocationProtocol.INVOKED_ARN, LATEST.function() + ":live")
                .POST(BodyPublishers.ofString(payload));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), ofString());
    }

    /** The request has arrived and waits once there is somebody for whom a place is taken. */
    private void awaitWaiter() {
        CompletableFuture<Deployment> own;
        do {
            own = functions.awaited(LATEST, Long.MAX_VALUE);
            own.cancel(false);
            Thread.onSpinWait();
        } while (functions.waiting() == 0);
    }
}
