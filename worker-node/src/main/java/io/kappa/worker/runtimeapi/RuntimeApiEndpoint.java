package io.kappa.worker.runtimeapi;

import io.kappa.worker.runtimeapi.RuntimeState.Answering;
import io.kappa.worker.runtimeapi.RuntimeState.Call;
import io.kappa.worker.runtimeapi.RuntimeState.Gone;
import io.kappa.worker.runtimeapi.RuntimeState.InvocationResponse;
import io.kappa.worker.runtimeapi.RuntimeState.Parked;
import io.kappa.worker.runtimeapi.RuntimeState.Ready;
import io.kappa.worker.runtimeapi.RuntimeState.ResponseTruncated;
import io.kappa.worker.runtimeapi.RuntimeState.Running;
import io.kappa.worker.runtimeapi.RuntimeState.Started;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Runtime API 2018-06-01 of one execution environment, on a port of its own on the loopback interface. Lives on the event loop that
 * opened it: connections, calls and what the listener hears all happen there, so nothing here is locked. A warm invocation costs two
 * requests on it, so routes are compared as text and headers are made once.
 */
@SuppressWarnings(
        "ReferenceEquality") // Asks whether the state is still the very one of before, not whether it looks like it.
public final class RuntimeApiEndpoint implements ParkingApi {
    private static final String INVOCATIONS = "/2018-06-01/runtime/invocation/";
    private static final String NEXT = INVOCATIONS + "next";
    private static final String ASSIGNMENT = "/kappa/assignment";
    private static final String RESPONSE = "/response";
    private static final String ERROR = "/error";
    private static final String INIT_ERROR = "/2018-06-01/runtime/init/error";
    private static final String RESTORE_NEXT = "/2018-06-01/runtime/restore/next";
    private static final String RESTORE_ERROR = "/2018-06-01/runtime/restore/error";

    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("Lambda-Runtime-Aws-Request-Id");
    private static final CharSequence DEADLINE = HttpHeaders.createOptimized("Lambda-Runtime-Deadline-Ms");
    private static final CharSequence INVOKED_ARN = HttpHeaders.createOptimized("Lambda-Runtime-Invoked-Function-Arn");
    private static final CharSequence TRACE_ID = HttpHeaders.createOptimized("Lambda-Runtime-Trace-Id");
    private static final CharSequence CLIENT_CONTEXT = HttpHeaders.createOptimized("Lambda-Runtime-Client-Context");
    private static final CharSequence COGNITO_IDENTITY = HttpHeaders.createOptimized("Lambda-Runtime-Cognito-Identity");
    private static final CharSequence TENANT_ID = HttpHeaders.createOptimized("Lambda-Runtime-Aws-Tenant-Id");
    private static final CharSequence ERROR_TYPE = HttpHeaders.createOptimized("Lambda-Runtime-Function-Error-Type");
    private static final CharSequence RESPONSE_MODE =
            HttpHeaders.createOptimized("Lambda-Runtime-Function-Response-Mode");
    private static final CharSequence SNAPSHOT = HttpHeaders.createOptimized("Kappa-Snapshot");
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private static final Buffer ACCEPTED = Buffer.buffer("{\"status\":\"OK\"}");

    private static final HttpServerOptions OPTIONS = new HttpServerOptions()
            .setTcpNoDelay(true)
            .setHttp2ClearTextEnabled(false)
            .setHandle100ContinueAutomatically(true)
            // An error's X-Ray cause travels in a header and may have 64 KB.
            .setMaxHeaderSize(128 * 1024)
            .setMaxChunkSize(64 * 1024);

    private final Vertx vertx;
    private final HttpServer server;
    private final Set<HttpConnection> connections = new HashSet<>();
    private RuntimeListener listener;
    private Runnable waits = () -> {};
    private Beside beside = _ -> false;
    private Snapshots snapshots = new Snapshots.Refused();
    private RuntimeState state = new Gone();
    private @Nullable HttpServerResponse poll;
    private String address = "";

    private RuntimeApiEndpoint(Vertx vertx, RuntimeListener listener) {
        this.vertx = vertx;
        this.listener = listener;
        this.server = vertx.createHttpServer(OPTIONS)
                .connectionHandler(this::connected)
                .requestHandler(this::handle);
    }

    /** Opens an endpoint on a free port. To be called on the event loop that it shall live on. */
    public static Future<RuntimeApi> open(Vertx vertx, RuntimeListener listener) {
        var endpoint = new RuntimeApiEndpoint(vertx, listener);
        return endpoint.server.listen(0, "127.0.0.1").map(server -> {
            endpoint.address = "127.0.0.1:" + server.actualPort();
            return endpoint;
        });
    }

    /**
     * Opens an endpoint for a runtime that is not assigned to a function yet. To be called on the event loop that it shall live on.
     *
     * @param waits called when the runtime has asked for its assignment
     */
    public static Future<ParkingApi> park(Vertx vertx, Runnable waits) {
        return open(vertx, new Unassigned()).map(opened -> {
            var endpoint = (RuntimeApiEndpoint) opened;
            endpoint.waits = waits;
            endpoint.state = new Parked();
            return endpoint;
        });
    }

    @Override
    public boolean assign(Map<String, String> environment) {
        if (!(state instanceof Parked) || poll == null) {
            return false;
        }
        var block = Buffer.buffer();
        environment.forEach((name, value) -> block.appendString(name)
                .appendByte((byte) '=')
                .appendString(value)
                .appendByte((byte) 0));
        var waiting = poll;
        poll = null;
        state = new Started();
        waiting.end(block);
        return true;
    }

    @Override
    public void belongTo(RuntimeListener environment) {
        listener = environment;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void snapshots(Snapshots kind) {
        snapshots = kind;
    }

    @Override
    public void serveBeside(Beside others) {
        beside = others;
    }

    @Override
    public void expectRuntime() {
        poll = null;
        for (var connection : new ArrayList<>(connections)) {
            connection.close();
        }
        connections.clear();
        state = new Started();
    }

    @Override
    public void forgetRuntime() {
        poll = null;
        state = new Gone();
    }

    @Override
    public void give(InvocationEvent event) {
        if (!(state instanceof Ready ready)) {
            throw new IllegalStateException("a runtime in state " + state.name() + " takes no event");
        }
        state = ready.given(event);
        if (poll != null) {
            var waiting = poll;
            poll = null;
            write(waiting, event);
        }
    }

    @Override
    public void close() {
        forgetRuntime();
        server.close();
    }

    // For tests, which have to wait until the endpoint has seen what they did.

    String stateName() {
        return state.name();
    }

    boolean hasPoll() {
        return poll != null;
    }

    private void connected(HttpConnection connection) {
        connections.add(connection);
        connection.closeHandler(_ -> connections.remove(connection));
    }

    private void handle(HttpServerRequest request) {
        var uri = request.uri();
        if (HttpMethod.GET.equals(request.method())) {
            switch (uri) {
                case NEXT -> next(request);
                case ASSIGNMENT -> assignment(request);
                case RESTORE_NEXT -> readyForSnapshot(request);
                default -> others(request);
            }
        } else if (HttpMethod.POST.equals(request.method())) {
            if (uri.startsWith(INVOCATIONS)) {
                answer(request, uri);
            } else {
                switch (uri) {
                    case INIT_ERROR -> fatalError(request, Call.INIT_ERROR, error -> listener.initFailed(error));
                    case RESTORE_ERROR ->
                        fatalError(request, Call.RESTORE_ERROR, error -> listener.restoreFailed(error));
                    default -> others(request);
                }
            }
        } else {
            others(request);
        }
    }

    private void others(HttpServerRequest request) {
        if (beside.handle(request)) {
            // It is no runtime's, and outlives them. That its process is killed in the end is nothing to speak of.
            connections.remove(request.connection());
            request.connection().exceptionHandler(_ -> {});
        } else {
            notFound(request);
        }
    }

    private void next(HttpServerRequest request) {
        var after = state.after(Call.NEXT);
        if (after.isEmpty()) {
            refuseTransition(request, Call.NEXT);
            return;
        }
        boolean again = state instanceof Ready;
        boolean truncated = state instanceof ResponseTruncated;
        state = after.get();
        if (truncated) {
            listener.failed(ReportedError.TRUNCATED);
        }
        if (state instanceof Running running) {
            write(request.response(), running.event());
            return;
        }
        holdOpen(request);
        if (!again) {
            listener.polled();
        }
    }

    private void assignment(HttpServerRequest request) {
        if (state.after(Call.ASSIGNMENT).isEmpty()) {
            refuseTransition(request, Call.ASSIGNMENT);
            return;
        }
        holdOpen(request);
        waits.run();
    }

    private void holdOpen(HttpServerRequest request) {
        if (poll != null) {
            // The runtime has given up an earlier poll without closing its connection. One event has one receiver.
            answerError(poll, 403, "InvalidStateTransition", transitionRefused(Call.NEXT));
        }
        var response = request.response();
        poll = response;
        response.closeHandler(_ -> {
            if (poll == response) {
                poll = null;
            }
        });
    }

    private static void write(HttpServerResponse response, InvocationEvent event) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .putHeader(REQUEST_ID, event.requestId())
                .putHeader(DEADLINE, Long.toString(event.deadlineMillis()))
                .putHeader(INVOKED_ARN, event.invokedArn());
        putUnlessEmpty(response, TRACE_ID, event.traceId());
        putUnlessEmpty(response, CLIENT_CONTEXT, event.clientContext());
        putUnlessEmpty(response, COGNITO_IDENTITY, event.cognitoIdentity());
        putUnlessEmpty(response, TENANT_ID, event.tenantId());
        response.end(event.payload());
    }

    private static void putUnlessEmpty(HttpServerResponse response, CharSequence name, String value) {
        if (!value.isEmpty()) {
            response.putHeader(name, value);
        }
    }

    private void answer(HttpServerRequest request, String uri) {
        if (uri.endsWith(RESPONSE)) {
            var mode = request.headers().get(RESPONSE_MODE);
            if (mode != null && !mode.equalsIgnoreCase("streaming")) {
                refuse(request, 400, "InvalidFunctionResponseMode", "Invalid function response mode");
            } else if (begins(request, uri, RESPONSE, Call.RESPONSE) instanceof InvocationResponse answering) {
                respond(request, answering, mode != null);
            }
        } else if (uri.endsWith(ERROR)) {
            var answering = begins(request, uri, ERROR, Call.ERROR);
            if (answering != null) {
                read(
                        request,
                        answering,
                        payload -> listener.failed(
                                ReportedError.of(request.headers().get(ERROR_TYPE), payload)));
            }
        } else {
            notFound(request);
        }
    }

    private void respond(HttpServerRequest request, InvocationResponse answering, boolean inParts) {
        if (!inParts) {
            read(request, answering, listener::responded);
            return;
        }
        var trailers = Trailers.of(request);
        if (answering.event().streamed()) {
            new StreamedResponse(request, answering, trailers).begin();
        } else {
            read(
                    request,
                    answering,
                    result -> trailers.error().ifPresentOrElse(listener::failed, () -> listener.responded(result)));
        }
    }

    /** Takes on an answer to the event given last; null where it is none, and has been refused. */
    private @Nullable Answering begins(HttpServerRequest request, String uri, String suffix, Call call) {
        int length = uri.length() - suffix.length() - INVOCATIONS.length();
        if (length <= 0
                || length != state.requestId().length()
                || !uri.startsWith(state.requestId(), INVOCATIONS.length())) {
            refuse(request, 400, "InvalidRequestID", "Invalid request ID");
            return null;
        }
        if (!(state.after(call).orElse(null) instanceof Answering answering)) {
            refuseTransition(request, call);
            return null;
        }
        state = answering;
        listener.answering();
        return answering;
    }

    private void read(HttpServerRequest request, Answering answering, Consumer<Buffer> hear) {
        RequestBody.read(request, MAXIMUM_RESPONSE_BYTES, new RequestBody.Reader() {
            @Override
            public void complete(Buffer body) {
                if (ended(answering, request)) {
                    return;
                }
                hear.accept(body);
                accepted(request.response());
            }

            @Override
            public void tooLarge(long size) {
                if (ended(answering, request)) {
                    return;
                }
                listener.responseTooLarge(MAXIMUM_RESPONSE_BYTES);
                answerTooLarge(request.response(), MAXIMUM_RESPONSE_BYTES);
            }

            @Override
            public void broken() {
                if (state == answering) {
                    state = answering.interrupted();
                }
            }
        });
    }

    private static void answerTooLarge(HttpServerResponse response, int most) {
        answerError(
                response, 413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (" + most + " bytes).");
    }

    /** A response that is handed on part by part, no faster than its parts are asked for. */
    private final class StreamedResponse {
        private final HttpServerRequest request;
        private final InvocationResponse answering;
        private final Trailers trailers;
        private final Context context = vertx.getOrCreateContext();
        private long taken;

        StreamedResponse(HttpServerRequest request, InvocationResponse answering, Trailers trailers) {
            this.request = request;
            this.answering = answering;
            this.trailers = trailers;
        }

        void begin() {
            request.pause();
            request.handler(this::take).endHandler(_ -> end()).exceptionHandler(_ -> breaks());
            var type = request.headers().get(HttpHeaders.CONTENT_TYPE);
            listener.responding(type == null ? "application/octet-stream" : type, this::fetch);
        }

        private void fetch(long parts) {
            context.runOnContext(_ -> request.fetch(parts));
        }

        private void take(Buffer part) {
            if (state != answering) {
                return; // What the runtime sends beyond the limit is dropped, so that it gets to read the answer.
            }
            if (part.length() == 0) {
                request.fetch(1); // As comes before trailers.
                return;
            }
            taken += part.length();
            if (taken <= MAXIMUM_STREAMED_BYTES) {
                listener.part(part);
                return;
            }
            state = answering.received();
            listener.responseTooLarge(MAXIMUM_STREAMED_BYTES);
            request.resume();
        }

        private void end() {
            if (taken > MAXIMUM_STREAMED_BYTES) {
                answerTooLarge(request.response(), MAXIMUM_STREAMED_BYTES);
            } else if (!ended(answering, request)) {
                trailers.error().ifPresentOrElse(listener::failed, () -> listener.responded(Buffer.buffer()));
                accepted(request.response());
            }
        }

        private void breaks() {
            if (state == answering) {
                state = answering.truncated();
            }
        }
    }

    /** Notes that an answer is here; false where the invocation still waits for it, true where it came to its end meanwhile. */
    private boolean ended(Answering answering, HttpServerRequest request) {
        if (state != answering) {
            answerError(request.response(), 400, "InvalidRequestID", "Invalid request ID");
            return true;
        }
        state = answering.received();
        return false;
    }

    private void readyForSnapshot(HttpServerRequest request) {
        var after = state.after(Call.RESTORE_NEXT);
        if (after.isEmpty() || snapshots instanceof Snapshots.Refused) {
            refuseTransition(request, Call.RESTORE_NEXT);
            return;
        }
        var ready = after.get();
        state = ready;
        if (snapshots instanceof Snapshots.Taken(var file)) {
            request.response().putHeader(SNAPSHOT, file);
            // What is connected cannot be written down everywhere.
            request.connection().closeHandler(_ -> {
                connections.remove(request.connection());
                if (state == ready) {
                    listener.readyForSnapshot();
                }
            });
        }
        request.response().end();
    }

    /** After which nothing more is heard of the runtime. */
    private void fatalError(HttpServerRequest request, Call call, Consumer<ReportedError> hear) {
        var after = state.after(call);
        if (after.isEmpty()) {
            refuseTransition(request, call);
            return;
        }
        var failed = after.get();
        state = failed;
        RequestBody.read(request, MAXIMUM_RESPONSE_BYTES, new RequestBody.Reader() {
            @Override
            public void complete(Buffer body) {
                accepted(request.response());
                tell(body);
            }

            @Override
            public void tooLarge(long size) {
                accepted(request.response());
                tell(Buffer.buffer());
            }

            @Override
            public void broken() {
                tell(Buffer.buffer());
            }

            private void tell(Buffer payload) {
                if (state == failed) {
                    hear.accept(ReportedError.of(request.headers().get(ERROR_TYPE), payload));
                }
            }
        });
    }

    private static void accepted(HttpServerResponse response) {
        response.setStatusCode(202).putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(ACCEPTED);
    }

    private void refuseTransition(HttpServerRequest request, Call call) {
        refuse(request, 403, "InvalidStateTransition", transitionRefused(call));
    }

    private String transitionRefused(Call call) {
        return "State transition from " + state.name() + " to " + call.target()
                + " failed for runtime. Error: State transition is not allowed";
    }

    private static void notFound(HttpServerRequest request) {
        refuse(request, 404, "NotFound", "The Runtime API has no such resource");
    }

    /** Refuses once the body has been read, whatever its length: a sender that is cut off would not read why. */
    private static void refuse(HttpServerRequest request, int status, String type, String message) {
        request.endHandler(_ -> answerError(request.response(), status, type, message));
        if (request.isEnded()) {
            answerError(request.response(), status, type, message);
        }
    }

    private static void answerError(HttpServerResponse response, int status, String type, String message) {
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .end("{\"errorMessage\":\"" + message + "\",\"errorType\":\"" + type + "\"}");
    }

    /** A runtime without a function has nothing to say, and may not say it. */
    private static final class Unassigned implements RuntimeListener {
        @Override
        public void polled() {}

        @Override
        public void responded(Buffer result) {}

        @Override
        public void responding(String contentType, PartDemand demand) {}

        @Override
        public void part(Buffer part) {}

        @Override
        public void failed(ReportedError error) {}

        @Override
        public void responseTooLarge(int most) {}

        @Override
        public void initFailed(ReportedError error) {}
    }
}
