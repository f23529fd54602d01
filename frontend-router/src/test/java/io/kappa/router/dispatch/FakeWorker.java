package io.kappa.router.dispatch;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.contracts.worker.ReadinessProtocol;
import io.kappa.contracts.worker.WorkerStatus;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/** The worker's end of the protocol on a real port: notes what it is asked and answers what the test wants. */
public final class FakeWorker implements AutoCloseable {
    /** Its clock shows the test's own time. */
    static final String LIFE = "life";

    private final String name;
    private final HttpServer server;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Asked> prepared = new LinkedBlockingQueue<>();
    private volatile BiConsumer<HttpServerRequest, Buffer> behaviour = FakeWorker::echo;

    /** One invocation that was posted. */
    public record Asked(MultiMap headers, Buffer payload) {
        public String header(String header) {
            return String.valueOf(headers.get(header));
        }
    }

    public FakeWorker(Vertx vertx, String name) {
        this.name = name;
        this.server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(request -> request.body().onSuccess(body -> {
                    request.response().putHeader(InvocationProtocol.CLOCK, LIFE + ":" + System.nanoTime());
                    if (request.path().equals(InvocationProtocol.CLOCK_PATH)) {
                        request.response().setStatusCode(204).end();
                        return;
                    }
                    if (request.uri().equals(ReadinessProtocol.PATH)) {
                        prepared.add(
                                new Asked(MultiMap.caseInsensitiveMultiMap().setAll(request.headers()), body));
                        request.response()
                                .putHeader(ReadinessProtocol.COUNT, request.getHeader(ReadinessProtocol.COUNT))
                                .end();
                        return;
                    }
                    asked.add(new Asked(MultiMap.caseInsensitiveMultiMap().setAll(request.headers()), body));
                    behaviour.accept(request, body);
                }))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private static void echo(HttpServerRequest request, Buffer body) {
        answer(request, InvocationProtocol.OUTCOME_RESULT, body.toString());
    }

    private static void answer(HttpServerRequest request, String outcome, String payload) {
        var response = request.response().putHeader(InvocationProtocol.OUTCOME, outcome);
        if (request.headers().contains(InvocationProtocol.LOG_TYPE)) {
            response.putHeader(InvocationProtocol.LOG_TAIL, "dGFpbA==");
        }
        response.end(payload);
    }

    public FakeWorker returns(String result) {
        behaviour = (request, _) -> answer(request, InvocationProtocol.OUTCOME_RESULT, result);
        return this;
    }

    public FakeWorker failsWith(String errorPayload) {
        behaviour = (request, _) -> answer(request, InvocationProtocol.OUTCOME_FUNCTION_ERROR, errorPayload);
        return this;
    }

    public FakeWorker refuses(Refusal refusal) {
        behaviour = (request, _) -> request.response()
                .setStatusCode(503)
                .putHeader(InvocationProtocol.REFUSAL, refusal.name())
                .end();
        return this;
    }

    public FakeWorker breaksOff() {
        behaviour = (request, _) -> request.connection().close();
        return this;
    }

    public FakeWorker answersStatus(int status) {
        behaviour = (request, _) -> request.response().setStatusCode(status).end();
        return this;
    }

    public FakeWorker does(Handler<HttpServerRequest> own) {
        behaviour = (request, _) -> own.handle(request);
        return this;
    }

    public List<Asked> asked() {
        return asked;
    }

    /** Requests to start environments ahead. */
    public BlockingQueue<Asked> prepared() {
        return prepared;
    }

    public String name() {
        return name;
    }

    /** What it says of itself. */
    public byte[] status(RuntimeIdentifier... runtimes) {
        return status(false, runtimes);
    }

    public byte[] status(boolean draining, RuntimeIdentifier... runtimes) {
        return RecordCodec.of(WorkerStatus.class)
                .encode(new WorkerStatus(
                        1,
                        name,
                        "127.0.0.1",
                        server.actualPort(),
                        4096,
                        0,
                        Set.of(runtimes),
                        "process",
                        draining,
                        List.of()));
    }

    /** Also that it can run container images of these architectures. */
    public byte[] statusWithImages(Set<String> architectures, RuntimeIdentifier... runtimes) {
        return RecordCodec.of(WorkerStatus.class)
                .encode(new WorkerStatus(
                        1,
                        name,
                        "127.0.0.1",
                        server.actualPort(),
                        4096,
                        0,
                        Set.of(runtimes),
                        "oci",
                        false,
                        List.of(),
                        Set.of(),
                        architectures));
    }

    /** Gone without a word, as after a crash. */
    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
