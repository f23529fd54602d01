package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.eventstream.Message;
import software.amazon.eventstream.MessageDecoder;

class StreamedInvocationApiTest {
    private static final String PATH = "/2021-11-15/functions/f/response-streaming-invocations";

    private final RunningApi api = new RunningApi();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void createTheFunction() {
        api.create("f", "");
    }

    @AfterEach
    void close() {
        client.close();
        api.close();
    }

    private HttpResponse<InputStream> invoke() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(api.uri(PATH)).POST(BodyPublishers.ofString("{\"q\":1}"));
        return client.send(request.build(), BodyHandlers.ofInputStream());
    }

    /** Reads messages as they come, at least so many. */
    private static List<Message> read(InputStream in, MessageDecoder decoder, int count) throws IOException {
        var messages = new ArrayList<Message>();
        var bytes = new byte[1024];
        while (messages.size() < count) {
            int length = in.read(bytes);
            assertThat(length).as("messages before the end: %s", messages).isPositive();
            decoder.feed(bytes, 0, length);
            messages.addAll(decoder.getDecodedMessages());
        }
        return messages;
    }

    private static List<String> texts(InputStream in) throws IOException {
        var decoder = new MessageDecoder();
        decoder.feed(in.readAllBytes());
        return decoder.getDecodedMessages().stream()
                .map(StreamedInvocationApiTest::text)
                .toList();
    }

    private static String text(Message message) {
        assertThat(header(message, ":message-type")).isEqualTo("event");
        return header(message, ":event-type") + " " + new String(message.getPayload(), StandardCharsets.UTF_8);
    }

    private static String header(Message message, String name) {
        return Objects.requireNonNull(message.getHeaders().get(name), name).getString();
    }

    private static void begins(HttpServerRequest request) {
        request.response()
                .setChunked(true)
                .putHeader("Content-Type", "text/html")
                .putHeader(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_STREAM);
    }

    @Test
    void answersWhileTheFunctionRuns() throws Exception {
        var rest = new CompletableFuture<Void>();
        api.worker.does(request -> {
            begins(request);
            request.response().write("one ");
            var _ = rest.thenRun(() -> request.response()
                    .putTrailer(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_RESULT)
                    .putTrailer(InvocationProtocol.LOG_TAIL, "dGFpbA==")
                    .end("two"));
        });
        var request = HttpRequest.newBuilder(api.uri(PATH))
                .header("X-Amz-Log-Type", "Tail")
                .POST(BodyPublishers.ofString("{\"q\":1}"));
        var response = client.send(request.build(), BodyHandlers.ofInputStream());
        var decoder = new MessageDecoder();

        assertThat(read(response.body(), decoder, 1))
                .extracting(StreamedInvocationApiTest::text)
                .containsExactly("PayloadChunk one ");
        rest.complete(null);

        assertThat(read(response.body(), decoder, 2))
                .extracting(StreamedInvocationApiTest::text)
                .containsExactly("PayloadChunk two", "InvokeComplete {\"LogResult\":\"dGFpbA==\"}");
        assertThat(response.body().read()).isNegative();
        assertThat(response.statusCode()).isEqualTo(200);
        var headers = response.headers();
        assertThat(headers.firstValue("Content-Type")).hasValue("application/vnd.amazon.eventstream");
        assertThat(headers.firstValue("X-Amz-Executed-Version")).hasValue("$LATEST");
        assertThat(headers.firstValue("X-Amzn-Trace-Id")).isPresent();
        var asked = api.worker.asked().getFirst();
        assertThat(asked.header(InvocationProtocol.ANSWER_MODE)).isEqualTo("streamed");
        assertThat(headers.firstValue("x-amzn-RequestId")).hasValue(asked.header(InvocationProtocol.REQUEST_ID));
        api.awaitNothingLeft();
    }

    @Test
    void aResultThatComesAsAWholeIsAChunk() throws Exception {
        api.worker.returns("{\"a\":1}");
        assertThat(texts(invoke().body())).containsExactly("PayloadChunk {\"a\":1}", "InvokeComplete {}");
    }

    @Test
    void theLastMessageTellsWhatFailed() throws Exception {
        api.worker.failsWith("{\"errorType\":\"E\"}");
        assertThat(texts(invoke().body()))
                .containsExactly(
                        "InvokeComplete {\"ErrorCode\":\"Unhandled\",\"ErrorDetails\":\"{\\\"errorType\\\":\\\"E\\\"}\"}");

        api.worker.does(request -> {
            begins(request);
            request.response()
                    .putTrailer(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_FUNCTION_ERROR)
                    .putTrailer(InvocationProtocol.ERROR, "eyJlIjoxfQ==")
                    .end("one");
        });
        assertThat(texts(invoke().body()))
                .containsExactly(
                        "PayloadChunk one",
                        "InvokeComplete {\"ErrorCode\":\"Unhandled\",\"ErrorDetails\":\"{\\\"e\\\":1}\"}");
    }

    @Test
    void theLastMessageTellsThatAWorkerBrokeOff() throws Exception {
        api.worker.does(request -> {
            begins(request);
            request.response().write("one").onComplete(_ -> request.connection().close());
        });
        var texts = texts(invoke().body());
        assertThat(texts.getFirst()).isEqualTo("PayloadChunk one");
        assertThat(texts.getLast())
                .startsWith(
                        "InvokeComplete {\"ErrorCode\":\"ServiceException\",\"ErrorDetails\":\"The invocation was lost");
        api.awaitNothingLeft();
    }

    @Test
    void aStreamWithoutItsEndIsNoWholeOne() throws Exception {
        api.worker.does(request -> {
            begins(request);
            request.response().end("one");
        });
        assertThat(texts(invoke().body()).getLast()).contains("ServiceException");
    }

    @Test
    void whatFailsBeforeTheFirstByteIsAnOrdinaryError() {
        assertNotFound(api.post(PATH.replace("/f/", "/g/"), "{}"), "Function not found: " + ARN + "g:$LATEST");
        assertThat(api.post(PATH, "{").statusCode()).isEqualTo(400);
        api.put("/2017-10-31/functions/f/concurrency", "{\"ReservedConcurrentExecutions\":0}");
        var throttled = api.post(PATH, "{}");
        assertThat(throttled.statusCode()).isEqualTo(429);
        assertThat(throttled.body()).contains("ReservedFunctionConcurrentInvocationLimitExceeded");
        assertThat(api.worker.asked()).isEmpty();
    }

    @Test
    void aRefusalOfAllWorkersIsAnOrdinaryError() {
        api.worker.refuses(Refusal.FULL);
        assertThat(api.post(PATH, "{}").statusCode()).isEqualTo(503);
    }

    @Test
    void runsNothingDryAndSendsNoEvents() {
        var dry = HttpRequest.newBuilder(api.uri(PATH))
                .header("X-Amz-Invocation-Type", "DryRun")
                .POST(BodyPublishers.noBody());
        assertThat(api.send(dry).statusCode()).isEqualTo(204);
        var event = HttpRequest.newBuilder(api.uri(PATH))
                .header("X-Amz-Invocation-Type", "Event")
                .POST(BodyPublishers.noBody());
        assertThat(api.send(event).body())
                .contains("Value 'Event' at 'invocationType' failed to satisfy constraint: "
                        + "Member must satisfy enum value set: [RequestResponse, DryRun]");
        assertThat(api.worker.asked()).isEmpty();
    }

    @Test
    void aCallerWhoLeavesStopsNothing() throws Exception {
        var left = new CompletableFuture<Void>();
        var ended = new CompletableFuture<Void>();
        api.worker.does(request -> {
            begins(request);
            request.response().write("one ");
            var _ = left.thenRun(() -> {
                for (int i = 0; i < 100; i++) {
                    request.response().write(Buffer.buffer(new byte[64 * 1024]));
                }
                request.response()
                        .putTrailer(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_RESULT)
                        .end()
                        .onSuccess(_ -> ended.complete(null));
            });
        });
        var response = invoke();
        read(response.body(), new MessageDecoder(), 1);
        response.body().close();
        left.complete(null);

        ended.get(20, TimeUnit.SECONDS);
        api.awaitNothingLeft();
    }

    @Test
    void aSlowCallerHoldsUpTheWorker() throws Exception {
        var sent = new CompletableFuture<Integer>();
        var part = Buffer.buffer(new byte[64 * 1024]);
        api.worker.does(request -> {
            begins(request);
            fill(request, part, 0, sent);
        });
        var response = invoke();

        // The function could have sent all of its 64 MB by now, if nobody had held it up.
        assertThat(sent.get()).isLessThan(1024);
        var decoder = new MessageDecoder();
        long received = 0;
        for (int length = 0; length >= 0; ) {
            var bytes = new byte[256 * 1024];
            length = response.body().read(bytes);
            if (length > 0) {
                decoder.feed(bytes, 0, length);
                received += decoder.getDecodedMessages().stream()
                        .mapToLong(message -> message.getPayload().length)
                        .sum();
            }
        }
        assertThat(received).isGreaterThan(1024L * part.length());
    }

    /** Writes until the connection takes no more, tells how many parts that were, and then writes all the rest. */
    private static void fill(HttpServerRequest request, Buffer part, int parts, CompletableFuture<Integer> sent) {
        var response = request.response();
        int written = parts;
        while (written < 1024 && !response.writeQueueFull()) {
            response.write(part);
            written++;
        }
        int soFar = written;
        if (written < 1024) {
            sent.complete(soFar);
            response.drainHandler(_ -> fill(request, part, soFar, sent));
        } else {
            sent.complete(soFar);
            response.drainHandler(null);
            response.putTrailer(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_RESULT)
                    .end("the end");
        }
    }
}
