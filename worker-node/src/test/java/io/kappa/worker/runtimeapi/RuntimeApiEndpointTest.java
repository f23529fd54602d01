package io.kappa.worker.runtimeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.worker.runtimeapi.RuntimeClient.Answer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RuntimeApiEndpointTest {
    private static final Buffer PAYLOAD = Buffer.buffer("{\"k\":\"värde\"}");

    private static final Vertx VERTX = Vertx.vertx();

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Context context = VERTX.getOrCreateContext();
    private volatile PartDemand demand = _ -> {};
    private volatile boolean partsAreDropped;
    private RuntimeApi api;
    private RuntimeClient runtime;

    @AfterAll
    static void stopVertx() {
        VERTX.close().await();
    }

    @BeforeEach
    void openEndpoint() throws Exception {
        var opened = new CompletableFuture<RuntimeApi>();
        context.runOnContext(_ ->
                RuntimeApiEndpoint.open(VERTX, new Recorder()).onComplete(result -> opened.complete(result.result())));
        api = opened.get(20, TimeUnit.SECONDS);
        onLoop(api::expectRuntime);
        runtime = new RuntimeClient(api.address());
    }

    @AfterEach
    void closeEndpoint() throws Exception {
        runtime.close();
        onLoop(api::close);
    }

    @Test
    void handsAnEventToTheRuntimeThatWaitsForIt() throws Exception {
        // given
        runtime.askNext();
        hears("polled");
        // when
        onLoop(() -> api.give(event("id-1")));
        // then
        var answer = runtime.read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(PAYLOAD.toString());
        assertThat(answer.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("lambda-runtime-aws-request-id", "id-1")
                .containsEntry("lambda-runtime-deadline-ms", "1767225600000")
                .containsEntry(
                        "lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:f:live")
                .containsEntry("lambda-runtime-trace-id", "Root=1-5e1b4151-5ac6c58f3a4b5c6d7e8f9012;Sampled=0")
                .containsEntry("lambda-runtime-client-context", "{\"client\":{}}")
                .containsEntry("lambda-runtime-cognito-identity", "{\"cognitoIdentityId\":\"i\"}")
                .containsEntry("lambda-runtime-aws-tenant-id", "tenant");
    }

    private ParkingApi park() throws Exception {
        var opened = new CompletableFuture<ParkingApi>();
        context.runOnContext(_ -> RuntimeApiEndpoint.park(VERTX, () -> heard.add("waits"))
                .onComplete(result -> opened.complete(result.result())));
        return opened.get(20, TimeUnit.SECONDS);
    }

    @Test
    void tellsAParkedRuntimeOnceWhatItIsFor() throws Exception {
        var parking = park();
        try (var parked = new RuntimeClient(parking.address())) {
            parked.send("GET", "/kappa/assignment", Map.of(), new byte[0]);
            hears("waits");
            onLoop(() -> {
                parking.belongTo(new Recorder());
                assertThat(parking.assign(Map.of("GREETING", "grüß dich"))).isTrue();
                assertThat(parking.assign(Map.of())).isFalse();
            });

            assertThat(parked.read().body()).isEqualTo("GREETING=grüß dich\0");
            assertThat(parked.get("/kappa/assignment").status()).isEqualTo(403);
            parked.askNext();
            hears("polled");
        } finally {
            onLoop(parking::close);
        }
    }

    @Test
    void servesNothingElseToAParkedRuntime() throws Exception {
        var parking = park();
        try (var parked = new RuntimeClient(parking.address())) {
            assertThat(parked.next().status()).isEqualTo(403);
            assertThat(parked.failInit("Runtime.Unknown", "{}").status()).isEqualTo(403);
            onLoop(() -> assertThat(parking.assign(Map.of())).isFalse());
        } finally {
            onLoop(parking::close);
        }
    }

    @Test
    void hasNoAssignmentForARuntimeThatWasStartedForItsFunction() throws Exception {
        assertThat(runtime.get("/kappa/assignment").status()).isEqualTo(403);
    }

    @Test
    void leavesOutHeadersThatWouldBeEmpty() throws Exception {
        runtime.askNext();
        hears("polled");
        onLoop(() -> api.give(new InvocationEvent("id-1", 1, "arn", "", "", "", "", PAYLOAD, false)));

        assertThat(runtime.read().headers().keySet())
                .containsExactlyInAnyOrder(
                        "content-type",
                        "content-length",
                        "lambda-runtime-aws-request-id",
                        "lambda-runtime-deadline-ms",
                        "lambda-runtime-invoked-function-arn");
    }

    @Test
    void takesAResponseAndThenTheNextPoll() throws Exception {
        run("id-1");

        assertThat(runtime.respond("id-1", "[1]")).isEqualTo(accepted());
        hears("responded [1]");
        runtime.askNext();
        hears("polled");
    }

    @Test
    void takesAnErrorWithTheTypeThatTheRuntimeNames() throws Exception {
        run("id-1");

        assertThat(runtime.fail("id-1", "Runtime.MarshalError", "{\"errorType\":\"x\"}"))
                .isEqualTo(accepted());
        hears("failed Runtime.MarshalError {\"errorType\":\"x\"}");
    }

    @Test
    void takesAnInitErrorOnlyBeforeTheFirstPoll() throws Exception {
        assertThat(runtime.failInit("Runtime.ImportModuleError", "{}")).isEqualTo(accepted());
        hears("initFailed Runtime.ImportModuleError {}");

        assertRefusedTransition(runtime.failInit("Runtime.ImportModuleError", "{}"), "InitError", "InitError");
        assertRefusedTransition(runtime.next(), "InitError", "Ready");
    }

    @Test
    void refusesAnInitErrorOnceTheRuntimeIsReady() throws Exception {
        run("id-1");

        assertRefusedTransition(runtime.failInit("Runtime.X", "{}"), "Running", "InitError");
    }

    @Test
    void givesTheSameEventToARuntimeThatAsksAgain() throws Exception {
        run("id-1");

        assertThat(runtime.next().headers()).containsEntry("lambda-runtime-aws-request-id", "id-1");
        assertThat(runtime.respond("id-1", "1")).isEqualTo(accepted());
    }

    @Test
    void refusesASecondResponse() throws Exception {
        run("id-1");
        runtime.respond("id-1", "1");

        assertRefusedTransition(runtime.respond("id-1", "2"), "ResponseSent", "InvocationResponse");
        assertRefusedTransition(runtime.fail("id-1", "Function.X", "2"), "ResponseSent", "InvocationErrorResponse");
        hears("responded 1");
        assertThat(heard).isEmpty();
    }

    @Test
    void refusesAResponseToAnotherInvocation() throws Exception {
        run("id-1");

        assertInvalidRequestId(runtime.respond("id-2", "1"));
        assertInvalidRequestId(runtime.respond("id-11", "1"));
        assertInvalidRequestId(runtime.respond("", "1"));
        assertInvalidRequestId(runtime.fail("id", "Function.X", "1"));
        assertThat(runtime.respond("id-1", "1")).isEqualTo(accepted());
    }

    @Test
    void refusesAResponseBeforeThereWasAnyEvent() throws Exception {
        assertInvalidRequestId(runtime.respond("id-1", "1"));
    }

    @Test
    void refusesAResponseThatComesAfterTheRuntimeWasGivenUp() throws Exception {
        run("id-1");
        onLoop(api::forgetRuntime);

        assertInvalidRequestId(runtime.respond("id-1", "1"));
        assertThat(heard).isEmpty();
    }

    @Test
    void refusesAResponseWhoseInvocationEndedWhileItArrived() throws Exception {
        run("id-1");
        runtime.write(
                "POST /2018-06-01/runtime/invocation/id-1/response HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n1");
        seesState("InvocationResponse");
        onLoop(api::forgetRuntime);
        runtime.write("2");

        assertInvalidRequestId(runtime.read());
        assertThat(heard).isEmpty();
    }

    @Test
    void takesAResponseOfTheLongestLength() throws Exception {
        run("id-1");

        assertThat(runtime.respond("id-1", "x".repeat(RuntimeApi.MAXIMUM_RESPONSE_BYTES)))
                .isEqualTo(accepted());
        assertThat(heard.poll(20, TimeUnit.SECONDS)).hasSize("responded ".length() + 6_291_556);
    }

    @Test
    void refusesALongerResponseAndStaysUsable() throws Exception {
        run("id-1");

        var answer = runtime.respond("id-1", "x".repeat(RuntimeApi.MAXIMUM_RESPONSE_BYTES + 1));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body())
                .isEqualTo("{\"errorMessage\":\"Exceeded maximum allowed payload size (6291556 bytes).\","
                        + "\"errorType\":\"RequestEntityTooLarge\"}");
        hears("longer than 6291556");
        runtime.askNext();
        hears("polled");
    }

    @Test
    void takesAChunkedStreamingResponse() throws Exception {
        run("id-1");
        runtime.send(
                "POST",
                "/2018-06-01/runtime/invocation/id-1/response",
                Map.of("Transfer-Encoding", "chunked", "Lambda-Runtime-Function-Response-Mode", "streaming"),
                chunked("[1", "2]"));

        assertThat(runtime.read()).isEqualTo(accepted());
        hears("responded [12]");
    }

    @Test
    void refusesAResponseModeThatIsNotStreaming() throws Exception {
        run("id-1");

        var answer = runtime.post(
                "/2018-06-01/runtime/invocation/id-1/response",
                Map.of("Lambda-Runtime-Function-Response-Mode", "dripping"),
                "1");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .isEqualTo("{\"errorMessage\":\"Invalid function response mode\","
                        + "\"errorType\":\"InvalidFunctionResponseMode\"}");
    }

    @Test
    void tellsAClientThatAsksFirstToGoOn() throws Exception {
        run("id-1");
        runtime.writeHead("/2018-06-01/runtime/invocation/id-1/response", "Content-Length: 1", "Expect: 100-continue");

        assertThat(runtime.read().status()).isEqualTo(100);
        runtime.write("1");
        assertThat(runtime.read()).isEqualTo(accepted());
    }

    @Test
    void letsARuntimeTryAgainWhoseConnectionBrokeInTheMiddleOfItsResponse() throws Exception {
        run("id-1");
        runtime.write(
                "POST /2018-06-01/runtime/invocation/id-1/response HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n1");
        seesState("InvocationResponse");
        runtime.close();
        runtime = new RuntimeClient(api.address());
        seesState("Running");

        assertThat(runtime.respond("id-1", "12")).isEqualTo(accepted());
        hears("responded 12");
    }

    @Test
    void givesAnEventToTheConnectionThatPolledLast() throws Exception {
        runtime.askNext();
        hears("polled");
        try (var second = new RuntimeClient(api.address())) {
            second.askNext();
            assertRefusedTransition(runtime.read(), "Ready", "Ready");
            onLoop(() -> api.give(event("id-1")));
            assertThat(second.read().status()).isEqualTo(200);
        }
    }

    @Test
    void keepsAnEventForARuntimeWhosePollBroke() throws Exception {
        runtime.askNext();
        hears("polled");
        runtime.close();
        awaitNoPoll();
        onLoop(() -> api.give(event("id-1")));
        runtime = new RuntimeClient(api.address());

        assertThat(runtime.next().headers()).containsEntry("lambda-runtime-aws-request-id", "id-1");
    }

    @Test
    void dropsTheConnectionsOfAnEarlierRuntime() throws Exception {
        run("id-1");
        onLoop(api::expectRuntime);

        assertThatThrownBy(() -> runtime.next()).isInstanceOf(IOException.class);
        try (var next = new RuntimeClient(api.address())) {
            next.askNext();
            hears("polled");
        }
    }

    @Test
    void refusesWhatAGoneRuntimeAsks() throws Exception {
        onLoop(api::forgetRuntime);

        assertRefusedTransition(runtime.next(), "Gone", "Ready");
    }

    @Test
    void letsARuntimeWithoutASnapshotGoOnAtOnceAndHearsOfItsHooks() throws Exception {
        onLoop(() -> api.snapshots(new RuntimeApi.Snapshots.Passed()));

        var answer = runtime.get("/2018-06-01/runtime/restore/next");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).doesNotContainKey("kappa-snapshot");
        assertRefusedTransition(runtime.get("/2018-06-01/runtime/restore/next"), "RestoreReady", "RestoreReady");

        assertThat(runtime.post("/2018-06-01/runtime/restore/error", Map.of(), "{}")
                        .status())
                .isEqualTo(202);
        hears("restore failed");
        assertRefusedTransition(runtime.next(), "RestoreError", "Ready");
    }

    @Test
    void hasASnapshotTakenOnceTheRuntimeIsNotConnectedAnyMore() throws Exception {
        onLoop(() -> api.snapshots(new RuntimeApi.Snapshots.Taken("/var/there")));

        assertThat(runtime.get("/2018-06-01/runtime/restore/next").headers())
                .containsEntry("kappa-snapshot", "/var/there");
        assertThat(heard).isEmpty();
        runtime.close();

        hears("ready for snapshot");
    }

    @Test
    void refusesRestoreHooksWhereThereAreNoSnapshots() throws Exception {
        assertRefusedTransition(runtime.get("/2018-06-01/runtime/restore/next"), "Started", "RestoreReady");
        assertRefusedTransition(
                runtime.post("/2018-06-01/runtime/restore/error", Map.of(), "{}"), "Started", "RestoreError");
    }

    @Test
    void knowsNoOtherPaths() throws Exception {
        assertThat(runtime.get("/2018-06-01/runtime/invocation/id-1/response").status())
                .isEqualTo(404);
        assertThat(runtime.post("/2018-06-01/runtime/invocation/next", Map.of(), "")
                        .status())
                .isEqualTo(404);
        assertThat(runtime.get("/").status()).isEqualTo(404);
    }

    private void run(String requestId) throws Exception {
        run(event(requestId));
    }

    private void run(InvocationEvent event) throws Exception {
        runtime.askNext();
        hears("polled");
        onLoop(() -> api.give(event));
        assertThat(runtime.read().status()).isEqualTo(200);
    }

    /** Of a chunked body. */
    private static String endWithError(String type, String base64) {
        return String.format(
                "0\r\nLambda-Runtime-Function-Error-Type: %s\r\nLambda-Runtime-Function-Error-Body: %s\r\n\r\n",
                type, base64);
    }

    private void beginsStreaming(String requestId) throws Exception {
        runtime.writeHead(
                "/2018-06-01/runtime/invocation/" + requestId + "/response",
                "Content-Type: text/html",
                "Lambda-Runtime-Function-Response-Mode: streaming",
                "Transfer-Encoding: chunked");
    }

    @Test
    void handsOnAStreamedResponseWhileTheRuntimeMakesIt() throws Exception {
        run(event("id-1", true));
        beginsStreaming("id-1");
        hears("responding text/html");
        demand.more(10);
        runtime.write("3\r\none\r\n");
        hears("part one");
        runtime.write("3\r\ntwo\r\n");
        hears("part two");
        runtime.write("0\r\n\r\n");

        hears("responded ");
        assertThat(runtime.read()).isEqualTo(accepted());
        runtime.askNext();
        hears("polled");
    }

    @Test
    void handsOnNoMoreOfAStreamThanIsAskedFor() throws Exception {
        run(event("id-1", true));
        beginsStreaming("id-1");
        hears("responding text/html");
        runtime.write("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
        onLoop(() -> {});
        assertThat(heard).isEmpty();

        demand.more(1);
        hears("part one");
        onLoop(() -> {});
        assertThat(heard).isEmpty();

        demand.more(2);
        hears("part two");
        hears("responded ");
    }

    @Test
    void readsInTrailersWhatBrokeAStream() throws Exception {
        run(event("id-1", true));
        beginsStreaming("id-1");
        hears("responding text/html");
        demand.more(10);
        runtime.write("3\r\none\r\n");
        hears("part one");
        runtime.write(endWithError("Function.Boom", "eyJlIjoxfQ=="));

        hears("failed Function.Boom {\"e\":1}");
        assertThat(runtime.read()).isEqualTo(accepted());
        runtime.askNext();
        hears("polled");
    }

    @Test
    void gathersAStreamForACallerWhoWantsTheWhole() throws Exception {
        run("id-1");
        beginsStreaming("id-1");
        runtime.write("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
        hears("responded onetwo");
        assertThat(runtime.read()).isEqualTo(accepted());

        run("id-2");
        beginsStreaming("id-2");
        runtime.write("3\r\none\r\n" + endWithError("Function.Boom", "eyJlIjoxfQ=="));
        hears("failed Function.Boom {\"e\":1}");
    }

    @Test
    void tellsOfAStreamThatBrokeOffOnceTheRuntimeGoesOn() throws Exception {
        run(event("id-1", true));
        beginsStreaming("id-1");
        hears("responding text/html");
        runtime.close();
        seesState("ResponseTruncated");
        assertThat(heard).isEmpty();

        runtime = new RuntimeClient(api.address());
        runtime.askNext();
        hears("failed Runtime.TruncatedResponse {\"errorType\":\"Runtime.TruncatedResponse\","
                + "\"errorMessage\":\"The runtime did not send its response to the end\"}");
        hears("polled");
    }

    @Test
    void endsAStreamAtItsLimitAndReadsTheRest() throws Exception {
        partsAreDropped = true;
        run(event("id-1", true));
        beginsStreaming("id-1");
        hears("responding text/html");
        demand.more(10);
        var megabyte = "100000\r\n" + "x".repeat(1024 * 1024) + "\r\n";
        for (int i = 0; i < 200; i++) {
            runtime.write(megabyte);
        }
        runtime.write("1\r\nx\r\n");
        hears("longer than 209715200");
        runtime.write("3\r\none\r\n0\r\n\r\n");

        assertThat(runtime.read().body())
                .isEqualTo("{\"errorMessage\":\"Exceeded maximum allowed payload size (209715200 bytes).\","
                        + "\"errorType\":\"RequestEntityTooLarge\"}");
        assertThat(heard).isEmpty();
        runtime.askNext();
        hears("polled");
    }

    private static InvocationEvent event(String requestId) {
        return event(requestId, false);
    }

    private static InvocationEvent event(String requestId, boolean streamed) {
        return new InvocationEvent(
                requestId,
                1767225600000L,
                "arn:aws:lambda:us-east-1:123456789012:function:f:live",
                "Root=1-5e1b4151-5ac6c58f3a4b5c6d7e8f9012;Sampled=0",
                "{\"client\":{}}",
                "{\"cognitoIdentityId\":\"i\"}",
                "tenant",
                PAYLOAD,
                streamed);
    }

    private static byte[] chunked(String... chunks) {
        var body = new StringBuilder();
        for (var chunk : chunks) {
            body.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        return body.append("0\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static Answer accepted() {
        return new Answer(
                202, Map.of("content-type", "application/json", "content-length", "15"), "{\"status\":\"OK\"}");
    }

    private static void assertInvalidRequestId(Answer answer) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .isEqualTo("{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}");
    }

    private static void assertRefusedTransition(Answer answer, String from, String to) {
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .isEqualTo("{\"errorMessage\":\"State transition from " + from + " to " + to
                        + " failed for runtime. Error: State transition is not allowed\","
                        + "\"errorType\":\"InvalidStateTransition\"}");
    }

    private void hears(String what) throws InterruptedException {
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(what);
    }

    private void onLoop(Runnable task) throws Exception {
        var done = new CompletableFuture<Void>();
        context.runOnContext(_ -> {
            try {
                task.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        done.get(20, TimeUnit.SECONDS);
    }

    /** What has been sent reaches the endpoint some time later; asks its loop until it has. */
    private void seesState(String name) throws Exception {
        var endpoint = (RuntimeApiEndpoint) api;
        var seen = new String[] {""};
        for (int asked = 0; asked < 1_000_000 && !seen[0].equals(name); asked++) {
            onLoop(() -> seen[0] = endpoint.stateName());
        }
        assertThat(seen[0]).isEqualTo(name);
    }

    private void awaitNoPoll() throws Exception {
        var endpoint = (RuntimeApiEndpoint) api;
        var open = new boolean[] {true};
        for (int asked = 0; asked < 1_000_000 && open[0]; asked++) {
            onLoop(() -> open[0] = endpoint.hasPoll());
        }
        assertThat(open[0]).isFalse();
    }

    private final class Recorder implements RuntimeListener {
        @Override
        public void polled() {
            heard.add("polled");
        }

        @Override
        public void responded(Buffer result) {
            heard.add("responded " + result);
        }

        @Override
        public void failed(ReportedError error) {
            heard.add("failed " + error.type() + " " + error.payload());
        }

        @Override
        public void responding(String contentType, PartDemand demand) {
            RuntimeApiEndpointTest.this.demand = demand;
            heard.add("responding " + contentType);
        }

        @Override
        public void part(Buffer part) {
            if (partsAreDropped) {
                demand.more(1);
            } else {
                heard.add("part " + part);
            }
        }

        @Override
        public void responseTooLarge(int most) {
            heard.add("longer than " + most);
        }

        @Override
        public void initFailed(ReportedError error) {
            heard.add("initFailed " + error.type() + " " + error.payload());
        }

        @Override
        public void readyForSnapshot() {
            heard.add("ready for snapshot");
        }

        @Override
        public void restoreFailed(ReportedError error) {
            heard.add("restore failed");
        }
    }
}
