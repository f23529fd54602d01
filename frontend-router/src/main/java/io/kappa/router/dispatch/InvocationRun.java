package io.kappa.router.dispatch;

import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.kit.http.BoundedBody;
import io.kappa.router.dispatch.PartTaker.PartSource;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One invocation on its way: choose a worker, ask it, and either hand over its answer or choose another. All on one event loop.
 *
 * <pre>
 * ask ──connect fails──▶ ask the next       (nothing was sent)
 *  │ ├─503, too late───▶ ask again          (nothing was started, and the answer told the worker's clock)
 *  │ └─503, refusal────▶ ask the next       (nothing was started)
 *  ├──200──────────────▶ Answered, after its parts where the function streams
 *  └──broken, late, anything else──▶ Lost: it may have run, so nobody else is asked
 * </pre>
 */
final class InvocationRun {
    private static final Logger LOG = LoggerFactory.getLogger(InvocationRun.class);

    private static final int MOST_WORKERS = 3;

    /** An environment may take longer to start than a permit lasts, and is there when it is asked for again. */
    private static final int MOST_TIMES_TOO_LATE = 5;

    /** What a runtime may answer at most, with room for what is beside it. */
    private static final int LONGEST_ANSWER = 6_291_556 + 64 * 1024;

    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized(InvocationProtocol.REQUEST_ID);
    private static final CharSequence VERSION = HttpHeaders.createOptimized(InvocationProtocol.VERSION);
    private static final CharSequence GENERATION = HttpHeaders.createOptimized(InvocationProtocol.GENERATION);
    private static final CharSequence INVOKED_ARN = HttpHeaders.createOptimized(InvocationProtocol.INVOKED_ARN);
    private static final CharSequence CLIENT_CONTEXT = HttpHeaders.createOptimized(InvocationProtocol.CLIENT_CONTEXT);
    private static final CharSequence TRACE_ID = HttpHeaders.createOptimized(InvocationProtocol.TRACE_ID);
    private static final CharSequence LOG_TYPE = HttpHeaders.createOptimized(InvocationProtocol.LOG_TYPE);
    private static final CharSequence START_BEFORE = HttpHeaders.createOptimized(InvocationProtocol.START_BEFORE);
    private static final CharSequence CLOCK = HttpHeaders.createOptimized(InvocationProtocol.CLOCK);
    private static final CharSequence OUTCOME = HttpHeaders.createOptimized(InvocationProtocol.OUTCOME);
    private static final CharSequence LOG_TAIL = HttpHeaders.createOptimized(InvocationProtocol.LOG_TAIL);
    private static final CharSequence REFUSAL = HttpHeaders.createOptimized(InvocationProtocol.REFUSAL);
    private static final CharSequence ANSWER_MODE = HttpHeaders.createOptimized(InvocationProtocol.ANSWER_MODE);
    private static final CharSequence STREAMED = HttpHeaders.createOptimized(InvocationProtocol.STREAMED);
    private static final CharSequence TAIL = HttpHeaders.createOptimized("Tail");

    private final Dispatcher dispatcher;
    private final Dispatcher.Lane lane;
    private final Invocation invocation;
    private final StartPermit permit;
    private final Handler<InvocationOutcome> handler;
    private final int megabytes;

    private List<Worker> tried = List.of();
    private @Nullable Place place;
    private @Nullable Refusal lastRefusal;
    private @Nullable HttpClientRequest request;
    private long deadline = -1;
    private int timesTooLate;
    private boolean ended;

    InvocationRun(
            Dispatcher dispatcher,
            Dispatcher.Lane lane,
            Invocation invocation,
            StartPermit permit,
            Handler<InvocationOutcome> handler) {
        this.dispatcher = dispatcher;
        this.lane = lane;
        this.invocation = invocation;
        this.permit = permit;
        this.handler = handler;
        this.megabytes = invocation.version().running().configuration().memoryMegabytes();
    }

    void start() {
        long patience = invocation.version().running().configuration().timeoutSeconds() * 1000L
                + dispatcher.settings().margin().toMillis();
        deadline = lane.vertx().setTimer(patience, _ -> breakOff("it did not answer in time", null));
        askNext();
    }

    private void askNext() {
        place = tried.size() >= MOST_WORKERS ? null : dispatcher.choice().begin(invocation.version(), megabytes, tried);
        if (place == null) {
            end(dispatcher.notStarted(invocation, lastRefusal));
            return;
        }
        ask();
    }

    private void ask() {
        if (asked().clock().isKnown(System.nanoTime())) {
            lane.client().request(asked().request()).onComplete(this::connected);
        } else {
            lane.client()
                    .request(asked().clockRequest())
                    .compose(HttpClientRequest::send)
                    .onComplete(this::clockTold);
        }
    }

    private void clockTold(AsyncResult<HttpClientResponse> result) {
        if (ended) {
            return;
        }
        if (result.failed()) {
            unreachable(result.cause());
            return;
        }
        asked().clock().hear(result.result().headers().get(CLOCK), System.nanoTime());
        lane.client().request(asked().request()).onComplete(this::connected);
    }

    private void unreachable(Throwable cause) {
        LOG.atWarn()
                .addKeyValue("requestId", invocation.requestId())
                .addKeyValue("worker", asked().name())
                .addKeyValue("cause", String.valueOf(cause))
                .log("worker cannot be reached, asking another");
        dispatcher.countUnreachable();
        asked().passOver(dispatcher.directory().nowMillis());
        place().lost(megabytes);
        passOn();
    }

    private void connected(AsyncResult<HttpClientRequest> result) {
        if (ended) {
            if (result.succeeded()) {
                result.result().reset();
            }
            return;
        }
        if (result.failed()) {
            unreachable(result.cause());
            return;
        }
        var startBefore = asked().clock().translate(permit.startBefore());
        if (startBefore == null) {
            result.result().reset();
            unreachable(new IllegalStateException("it does not tell its clock"));
            return;
        }
        var version = invocation.version();
        request = result.result();
        var headers = request.headers();
        headers.set(REQUEST_ID, invocation.requestId());
        headers.set(VERSION, invocation.versionArn());
        headers.set(GENERATION, Long.toString(version.running().generation()));
        headers.set(INVOKED_ARN, invocation.invokedArn());
        headers.set(TRACE_ID, invocation.traceId());
        headers.set(START_BEFORE, startBefore);
        if (invocation.clientContext() != null) {
            headers.set(CLIENT_CONTEXT, invocation.clientContext());
        }
        if (invocation.tail()) {
            headers.set(LOG_TYPE, TAIL);
        }
        if (invocation.parts() != null) {
            headers.set(ANSWER_MODE, STREAMED);
        }
        request.send(invocation.payload()).onComplete(this::responded);
    }

    private void responded(AsyncResult<HttpClientResponse> result) {
        if (ended) {
            return;
        }
        if (result.failed()) {
            broken("the connection broke", result.cause());
            return;
        }
        var response = result.result();
        asked().clock().hear(response.headers().get(CLOCK), System.nanoTime());
        int status = response.statusCode();
        if (status == 200
                && invocation.parts() != null
                && InvocationProtocol.OUTCOME_STREAM.equals(response.headers().get(OUTCOME))) {
            handOn(response, invocation.parts());
            return;
        }
        if (status == 200) {
            var body = new BoundedBody(LONGEST_ANSWER, 0);
            response.exceptionHandler(cause -> broken("the connection broke within the answer", cause));
            response.handler(body::take);
            response.endHandler(_ -> answered(response, body));
            return;
        }
        response.exceptionHandler(_ -> {}); // What else there may be of this answer is of no interest.
        if (status == 503 && response.headers().contains(REFUSAL)) {
            refused(response.headers().get(REFUSAL));
        } else {
            breakOff("it answered with status " + status, null);
        }
    }

    private void answered(HttpClientResponse response, BoundedBody body) {
        if (ended) {
            return;
        }
        if (body.isBeyond()) {
            breakOff("its answer is longer than any can be", null);
            return;
        }
        served(response.headers(), body.whole());
    }

    private void handOn(HttpClientResponse response, PartTaker taker) {
        response.exceptionHandler(cause -> broken("the connection broke within the answer", cause));
        response.handler(part -> {
            if (!ended) {
                taker.part(part);
            }
        });
        response.endHandler(_ -> {
            if (!ended) {
                var error = response.trailers().get(InvocationProtocol.ERROR);
                served(
                        response.trailers(),
                        error == null
                                ? Buffer.buffer()
                                : Buffer.buffer(Base64.getDecoder().decode(error)));
            }
        });
        var type = response.headers().get(HttpHeaders.CONTENT_TYPE);
        taker.begin(type == null ? "application/octet-stream" : type, new PartSource() {
            @Override
            public void pause() {
                response.pause();
            }

            @Override
            public void resume() {
                response.resume();
            }
        });
    }

    /** @param headers or trailers, that tell what the payload is */
    private void served(MultiMap headers, Buffer payload) {
        var outcome = headers.get(OUTCOME);
        boolean functionError = InvocationProtocol.OUTCOME_FUNCTION_ERROR.equals(outcome);
        if (!functionError && !InvocationProtocol.OUTCOME_RESULT.equals(outcome)) {
            breakOff("it did not say what its answer is", null);
            return;
        }
        place().answered(
                        invocation.version().running().generation(),
                        megabytes,
                        dispatcher.directory().nowMillis());
        dispatcher.choice().served(invocation.version(), place());
        end(new InvocationOutcome.Answered(functionError, payload, invocation.tail() ? headers.get(LOG_TAIL) : null));
    }

    private void refused(String name) {
        try {
            lastRefusal = Refusal.valueOf(name);
            dispatcher.countRefusal(lastRefusal);
        } catch (IllegalArgumentException e) {
            // A reason of a newer release: all that matters here is that nothing was started.
            lastRefusal = Refusal.FULL;
        }
        if (lastRefusal == Refusal.TOO_LATE) {
            tooLate();
            return;
        }
        if (lastRefusal == Refusal.RESTORE_TIMED_OUT) {
            // The function's own doing, and no better elsewhere.
            place().lost(megabytes);
            end(dispatcher.notStarted(invocation, lastRefusal));
            return;
        }
        long now = dispatcher.directory().nowMillis();
        place().refused(megabytes, now);
        if (lastRefusal == Refusal.DRAINING) {
            asked().passOver(now); // It is about to say so itself.
        }
        passOn();
    }

    /** The worker would run it, and may with a later time. */
    private void tooLate() {
        if (++timesTooLate < MOST_TIMES_TOO_LATE && permit.renew()) {
            ask();
        } else {
            place().lost(megabytes);
            end(dispatcher.notStarted(invocation, lastRefusal));
        }
    }

    /** Nothing was started where it was asked, so another worker may be. */
    private void passOn() {
        var refusing = new ArrayList<>(tried);
        refusing.add(asked());
        tried = refusing;
        askNext();
    }

    /** The worker may be gone, so that nobody else shall find that out in the same way. */
    private void broken(String why, Throwable cause) {
        if (!ended) {
            asked().doubt();
            breakOff(why, cause);
        }
    }

    private void breakOff(String why, @Nullable Throwable cause) {
        if (ended) {
            return;
        }
        LOG.atWarn()
                .addKeyValue("requestId", invocation.requestId())
                .addKeyValue("worker", asked().name())
                .addKeyValue("cause", String.valueOf(cause))
                .log("invocation lost on its worker: {}", why);
        dispatcher.countBroken();
        place().lost(megabytes);
        end(new InvocationOutcome.Lost(why));
        if (request != null) {
            request.reset();
        }
    }

    private void end(InvocationOutcome outcome) {
        ended = true;
        lane.vertx().cancelTimer(deadline);
        handler.handle(outcome);
    }

    private Worker asked() {
        return place().worker();
    }

    private Place place() {
        return Objects.requireNonNull(place, "asked nobody");
    }
}
