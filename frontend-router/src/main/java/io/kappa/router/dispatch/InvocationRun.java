package io.kappa.router.dispatch;

import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.kit.http.BoundedBody;
import io.kappa.router.refusal.ErrorCode;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
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
 *  │ └─503, refusal────▶ ask the next       (nothing was started)
 *  ├──200──────────────▶ Answered
 *  └──broken, late, anything else──▶ PlatformError: it may have run, so nobody else is asked
 * </pre>
 */
final class InvocationRun {
    private static final Logger LOG = LoggerFactory.getLogger(InvocationRun.class);

    private static final int MOST_WORKERS = 3;

    /** What a runtime may answer at most, with room for what is beside it. */
    private static final int LONGEST_ANSWER = 6_291_556 + 64 * 1024;

    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized(InvocationProtocol.REQUEST_ID);
    private static final CharSequence VERSION = HttpHeaders.createOptimized(InvocationProtocol.VERSION);
    private static final CharSequence GENERATION = HttpHeaders.createOptimized(InvocationProtocol.GENERATION);
    private static final CharSequence INVOKED_ARN = HttpHeaders.createOptimized(InvocationProtocol.INVOKED_ARN);
    private static final CharSequence CLIENT_CONTEXT = HttpHeaders.createOptimized(InvocationProtocol.CLIENT_CONTEXT);
    private static final CharSequence TRACE_ID = HttpHeaders.createOptimized(InvocationProtocol.TRACE_ID);
    private static final CharSequence LOG_TYPE = HttpHeaders.createOptimized(InvocationProtocol.LOG_TYPE);
    private static final CharSequence OUTCOME = HttpHeaders.createOptimized(InvocationProtocol.OUTCOME);
    private static final CharSequence LOG_TAIL = HttpHeaders.createOptimized(InvocationProtocol.LOG_TAIL);
    private static final CharSequence REFUSAL = HttpHeaders.createOptimized(InvocationProtocol.REFUSAL);
    private static final CharSequence TAIL = HttpHeaders.createOptimized("Tail");

    private final Dispatcher dispatcher;
    private final Dispatcher.Lane lane;
    private final Invocation invocation;
    private final Handler<InvocationOutcome> handler;
    private final int megabytes;

    private List<Worker> tried = List.of();
    private @Nullable Place place;
    private @Nullable Refusal lastRefusal;
    private @Nullable HttpClientRequest request;
    private long deadline = -1;
    private boolean ended;

    InvocationRun(
            Dispatcher dispatcher, Dispatcher.Lane lane, Invocation invocation, Handler<InvocationOutcome> handler) {
        this.dispatcher = dispatcher;
        this.lane = lane;
        this.invocation = invocation;
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
        lane.client().request(place.worker().request()).onComplete(this::connected);
    }

    private void connected(AsyncResult<HttpClientRequest> result) {
        if (ended) {
            if (result.succeeded()) {
                result.result().reset();
            }
            return;
        }
        if (result.failed()) {
            LOG.atWarn()
                    .addKeyValue("requestId", invocation.requestId())
                    .addKeyValue("worker", asked().name())
                    .addKeyValue("cause", String.valueOf(result.cause()))
                    .log("worker cannot be reached, asking another");
            dispatcher.countUnreachable();
            asked().passOver(dispatcher.directory().nowMillis());
            place().lost(megabytes);
            passOn();
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
        if (invocation.clientContext() != null) {
            headers.set(CLIENT_CONTEXT, invocation.clientContext());
        }
        if (invocation.tail()) {
            headers.set(LOG_TYPE, TAIL);
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
        int status = response.statusCode();
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
        var headers = response.headers();
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
        end(new InvocationOutcome.Answered(
                functionError, body.whole(), invocation.tail() ? headers.get(LOG_TAIL) : null));
    }

    private void refused(String name) {
        try {
            lastRefusal = Refusal.valueOf(name);
            dispatcher.countRefusal(lastRefusal);
        } catch (IllegalArgumentException e) {
            // A reason of a newer release: all that matters here is that nothing was started.
            lastRefusal = Refusal.FULL;
        }
        long now = dispatcher.directory().nowMillis();
        place().refused(megabytes, now);
        if (lastRefusal == Refusal.DRAINING) {
            asked().passOver(now); // It is about to say so itself.
        }
        passOn();
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
            asked().passOver(dispatcher.directory().nowMillis());
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
        end(new InvocationOutcome.PlatformError(
                ErrorCode.SERVICE, "The invocation was lost on its worker node: " + why + ". It may have run."));
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
