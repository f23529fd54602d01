package io.kappa.access.router;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.access.router.InvokeAnswer.FunctionFailed;
import io.kappa.access.router.InvokeAnswer.NoAnswer;
import io.kappa.access.router.InvokeAnswer.NotRun;
import io.kappa.access.router.InvokeAnswer.Succeeded;
import io.kappa.access.router.InvokeAnswer.Why;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.kit.lifecycle.Lifecycle;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutersTest {
    private static final InvocationTarget GREET =
            InvocationTarget.parse("arn:aws:lambda:us-east-1:000000000000:function:greet:live");
    private static final byte[] EVENT = "{\"who\":\"me\"}".getBytes(UTF_8);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Lifecycle lifecycle = new Lifecycle();
    private Vertx vertx;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        lifecycle.own(
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
    }

    @AfterEach
    void stop() {
        lifecycle.close();
    }

    /** A router that answers as told. */
    private URI router(Handler<HttpServerRequest> answer) throws Exception {
        var server = vertx.createHttpServer()
                .requestHandler(answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    private Routers routers(URI... urls) {
        return routers(LONG, 10, Routers.ANY_NUMBER, urls);
    }

    private Routers routers(Duration timeout, int mostCalls, int mostWaiting, URI... urls) {
        return lifecycle.own(new Routers(vertx, new RouterSettings(List.of(urls), timeout), mostCalls, mostWaiting));
    }

    private static CompletableFuture<InvokeAnswer> call(Routers routers) {
        return routers.invoke(GREET, Map.of(), EVENT);
    }

    private static InvokeAnswer answer(Routers routers) throws Exception {
        return call(routers).get(10, TimeUnit.SECONDS);
    }

    @Test
    void invokesAsUsersDoBelowTheUrlThatIsGiven() throws Exception {
        // given
        var asked = new LinkedBlockingQueue<String>();
        var url = router(request -> request.body().onSuccess(body -> {
            asked.add(request.method() + " " + request.uri());
            asked.add(request.getHeader("X-Amz-Invocation-Type") + " " + request.getHeader("X-Amzn-Trace-Id"));
            asked.add(body.toString());
            request.response().end();
        }));
        // when
        var answer = routers(url.resolve("/kappa"))
                .invoke(GREET, Map.of("X-Amzn-Trace-Id", "Root=1"), EVENT)
                .get(10, TimeUnit.SECONDS);
        // then
        assertThat(answer).isInstanceOf(Succeeded.class);
        assertThat(asked)
                .containsExactly(
                        "POST /kappa/2015-03-31/functions/" + GREET.function() + "/invocations?Qualifier=live",
                        "RequestResponse Root=1",
                        "{\"who\":\"me\"}");
    }

    @Test
    void tellsARouterOfABacklog() throws Exception {
        var asked = new LinkedBlockingQueue<String>();
        var url = router(request -> {
            asked.add(request.method() + " " + request.uri());
            request.response().setStatusCode(202).end();
        });
        routers(url.resolve("/kappa")).prepare(GREET, 7);
        assertThat(asked.poll(10, TimeUnit.SECONDS))
                .isEqualTo(
                        "POST /kappa/kappa/readiness/functions/" + GREET.function() + "?Concurrency=7&Qualifier=live");
    }

    @Test
    void leavesOutAQualifierThatWasNotGiven() throws Exception {
        var asked = new LinkedBlockingQueue<String>();
        var url = router(request -> {
            asked.add(request.uri());
            request.response().end();
        });
        var target = new InvocationTarget(GREET.function(), null);

        routers(url).invoke(target, Map.of(), EVENT).get(10, TimeUnit.SECONDS);

        assertThat(asked).containsExactly("/2015-03-31/functions/" + GREET.function() + "/invocations");
    }

    @Test
    void asksOneRouterAfterTheOther() throws Exception {
        var asked = new LinkedBlockingQueue<String>();
        var routers = routers(router(named("one", asked)), router(named("two", asked)));

        for (int i = 0; i < 4; i++) {
            answer(routers);
        }

        assertThat(asked).containsExactly("one", "two", "one", "two");
    }

    private static Handler<HttpServerRequest> named(String name, BlockingQueue<String> asked) {
        return request -> {
            asked.add(name);
            request.response().end();
        };
    }

    @Test
    void whatRanIsTheFunctionsAnswerWithTheVersionThatRan() throws Exception {
        var url = router(request ->
                request.response().putHeader("X-Amz-Executed-Version", "7").end("\"hello\""));

        assertThat(answer(routers(url))).isInstanceOfSatisfying(Succeeded.class, answer -> {
            assertThat(answer.executedVersion()).isEqualTo("7");
            assertThat(answer.response()).asString(UTF_8).isEqualTo("\"hello\"");
        });
    }

    @Test
    void aFunctionErrorIsAnAnswerOfTheFunction() throws Exception {
        var url = router(request -> request.response()
                .putHeader("X-Amz-Function-Error", "Unhandled")
                .end("{\"errorType\":\"KeyError\",\"errorMessage\":\"no such order\"}"));

        assertThat(answer(routers(url))).isInstanceOfSatisfying(FunctionFailed.class, answer -> {
            assertThat(answer.executedVersion()).isEqualTo("$LATEST");
            assertThat(answer.error()).isEqualTo(new ErrorPayload("KeyError", "no such order", null));
            assertThat(answer.response()).asString(UTF_8).startsWith("{\"errorType\"");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "429,THROTTLED",
        "404,TARGET_MISSING",
        "408,PLATFORM_ERROR",
        "409,PLATFORM_ERROR",
        "500,PLATFORM_ERROR",
        "503,PLATFORM_ERROR",
        "400,REFUSED",
        "413,REFUSED"
    })
    void theStatusTellsWhyAFunctionWasNotRun(int status, Why why) throws Exception {
        var url = router(request -> request.response()
                .setStatusCode(status)
                .putHeader("x-amzn-ErrorType", "SomeException")
                .end("{\"message\":\"for a reason\"}"));

        assertThat(answer(routers(url)))
                .isEqualTo(new NotRun(why, status, "SomeException", new ErrorPayload("", "for a reason", null)));
    }

    @Test
    void aStatusWithoutAnErrorTypeNamesItself() throws Exception {
        var url = router(request -> request.response().setStatusCode(502).end("<html>bad gateway</html>"));

        assertThat(answer(routers(url)))
                .isEqualTo(new NotRun(Why.PLATFORM_ERROR, 502, "HTTP 502", new ErrorPayload("", "", null)));
    }

    @Test
    void aConnectionThatBreaksIsNoAnswer() throws Exception {
        var url = router(request -> request.connection().close());

        assertThat(answer(routers(url))).isInstanceOf(NoAnswer.class);
    }

    @Test
    void aRouterThatIsSilentForTooLongGivesNoAnswer() throws Exception {
        var url = router(_ -> {});

        assertThat(answer(routers(Duration.ofMillis(50), 1, 1, url))).isInstanceOf(NoAnswer.class);
    }

    @Test
    void callsBeyondThoseThatMayWaitGetNoAnswer() throws Exception {
        // given
        var held = new LinkedBlockingQueue<HttpServerRequest>();
        var routers = routers(LONG, 1, 1, router(held::add));
        var made = call(routers);
        assertThat(held.poll(10, TimeUnit.SECONDS)).isNotNull();
        var waiting = call(routers);
        // when
        var beyond = answer(routers);
        // then
        assertThat(beyond).isInstanceOf(NoAnswer.class);
        assertThat(made).isNotDone();
        assertThat(waiting).isNotDone();
    }

    @Test
    void anyNumberOfCallsMayWaitWhereThatIsAllowed() throws Exception {
        var routers = routers(
                LONG,
                1,
                Routers.ANY_NUMBER,
                router(request -> request.response().end()));

        var calls = IntStream.range(0, 200).mapToObj(_ -> call(routers)).toList();

        for (var call : calls) {
            assertThat(call.get(10, TimeUnit.SECONDS)).isInstanceOf(Succeeded.class);
        }
    }
}
