package io.kappa.asyncqueue.attempt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.access.router.InvokeAnswer;
import io.kappa.access.router.RouterSettings;
import io.kappa.access.router.Routers;
import io.kappa.asyncqueue.event.AttemptOutcome;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.contracts.invocation.AttemptProtocol;
import io.kappa.contracts.invocation.QueuedEvent;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Attempts events at the routers, under their own ids. Blocks; made for virtual threads. */
final class RouterClient implements AutoCloseable {
    private static final String NO_ANSWER = "Platform.NoAnswer";
    private static final int UNAVAILABLE = 503;
    private static final byte[] EMPTY_OBJECT = {'{', '}'};
    private static final byte[] NO_RESPONSE = {};

    private final Routers routers;
    private final Duration timeout;

    /** What came of a call: an outcome, and the function's answer where it ran. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record Answer(AttemptOutcome outcome, byte[] response) {}

    /** @param mostConnections as many as calls that are made at once */
    RouterClient(Vertx vertx, RouterSettings settings, int mostConnections) {
        this.routers = new Routers(vertx, settings, mostConnections, mostConnections);
        this.timeout = settings.timeout();
    }

    Answer invoke(PendingEvent event, StoredRecord record) throws InterruptedException {
        var payload = record.value().length == 0 ? EMPTY_OBJECT : record.value();
        try {
            return answer(routers.invoke(event.target(), headers(event, record), payload)
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            return lost("the router did not answer within " + timeout);
        }
    }

    private static Map<String, String> headers(PendingEvent event, StoredRecord record) {
        var headers = new HashMap<String, String>();
        headers.put(AttemptProtocol.REQUEST_ID, event.requestId().toString());
        var trace = record.headers().get(QueuedEvent.TRACE_ID);
        if (trace != null) {
            headers.put("X-Amzn-Trace-Id", new String(trace, UTF_8));
        }
        var context = record.headers().get(QueuedEvent.CLIENT_CONTEXT);
        if (context != null) {
            headers.put("X-Amz-Client-Context", Base64.getEncoder().encodeToString(context));
        }
        return headers;
    }

    private static Answer answer(InvokeAnswer answer) {
        return switch (answer) {
            case InvokeAnswer.Succeeded(var version, var response) ->
                new Answer(new AttemptOutcome.Succeeded(version), response);
            case InvokeAnswer.FunctionFailed(var version, var error, var response) ->
                new Answer(new AttemptOutcome.FunctionFailed(version, error.type(), error.message()), response);
            case InvokeAnswer.NotRun notRun -> new Answer(outcome(notRun), NO_RESPONSE);
            case InvokeAnswer.NoAnswer(var message) -> lost(message);
        };
    }

    private static AttemptOutcome outcome(InvokeAnswer.NotRun answer) {
        int status = answer.status();
        var type = answer.errorType();
        var error = answer.error();
        return switch (answer.why()) {
            case THROTTLED -> new AttemptOutcome.Throttled(error.reason() == null ? "" : error.reason());
            case TARGET_MISSING -> new AttemptOutcome.TargetMissing(error.message());
            case PLATFORM_ERROR -> new AttemptOutcome.PlatformFailed(status, type, error.message());
            case REFUSED -> new AttemptOutcome.Refused(status, type, error.message());
        };
    }

    private static Answer lost(String message) {
        return new Answer(new AttemptOutcome.PlatformFailed(UNAVAILABLE, NO_ANSWER, message), NO_RESPONSE);
    }

    @Override
    public void close() {
        routers.close();
    }
}
