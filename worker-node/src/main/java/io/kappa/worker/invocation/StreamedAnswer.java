package io.kappa.worker.invocation;

import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.worker.environment.InvocationOutcome;
import io.kappa.worker.environment.InvocationOutcome.Abandoned;
import io.kappa.worker.environment.InvocationOutcome.Answer;
import io.kappa.worker.environment.InvocationOutcome.FunctionError;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.kappa.worker.environment.InvocationOutcome.Result;
import io.kappa.worker.runtimeapi.PartDemand;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The answer to an invocation whose result may come in parts. Hears of them on the environment's event loop and writes them on that of the
 * router's connection; as many parts are under way in between as were asked for, and further ones are asked for as the router takes them.
 * Where the router has gone, the rest is dropped: the function runs to its end all the same.
 */
final class StreamedAnswer implements Answer {
    private static final int PARTS_UNDER_WAY = 16;

    /** Trailers that a router takes are not endless. */
    private static final int LONGEST_ERROR = 64 * 1024;

    private static final Buffer ERROR_TOO_LONG = Buffer.buffer(
            "{\"errorType\":\"Function.Unknown\",\"errorMessage\":\"The error is too long to follow a response.\"}");

    private final HttpServerResponse response;
    private final String clock;
    private final Context context;
    private final Handler<InvocationOutcome> whole;
    private @Nullable PartDemand demand;
    private int owed;

    /**
     * @param clock what the worker's clock shows
     * @param whole answers where nothing comes in parts
     */
    StreamedAnswer(HttpServerResponse response, String clock, Context context, Handler<InvocationOutcome> whole) {
        this.response = response;
        this.clock = clock;
        this.context = context;
        this.whole = whole;
    }

    @Override
    public void begin(String contentType, PartDemand parts) {
        context.runOnContext(_ -> begun(contentType, parts));
    }

    @Override
    public void part(Buffer part) {
        context.runOnContext(_ -> write(part));
    }

    @Override
    public void give(InvocationOutcome outcome) {
        context.runOnContext(_ -> end(outcome));
    }

    private void begun(String contentType, PartDemand parts) {
        demand = parts;
        if (!response.closed()) {
            response.setChunked(true)
                    .putHeader(InvocationProtocol.CLOCK, clock)
                    .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                    .putHeader(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_STREAM)
                    .drainHandler(_ -> settle())
                    .closeHandler(_ -> settle());
            var _ = response.writeHead();
        }
        parts.more(PARTS_UNDER_WAY);
    }

    private void write(Buffer part) {
        owed++;
        if (!response.closed()) {
            var _ = response.write(part);
            if (response.writeQueueFull()) {
                return;
            }
        }
        settle();
    }

    /** Asks for as many parts as have been taken. */
    private void settle() {
        if (demand != null && owed > 0) {
            demand.more(owed);
            owed = 0;
        }
    }

    private void end(InvocationOutcome outcome) {
        if (demand == null) {
            whole.handle(outcome);
            return;
        }
        if (response.closed()) {
            return;
        }
        switch (outcome) {
            case Result(var _, var tail) -> end(InvocationProtocol.OUTCOME_RESULT, tail);
            case FunctionError(var _, var payload, var tail) -> {
                var error = payload.length() > LONGEST_ERROR ? ERROR_TOO_LONG : payload;
                response.putTrailer(
                        InvocationProtocol.ERROR, Base64.getEncoder().encodeToString(error.getBytes()));
                end(InvocationProtocol.OUTCOME_FUNCTION_ERROR, tail);
            }
            case Refused _, Abandoned _ -> {
                var _ = response.reset();
            }
        }
    }

    private void end(String outcome, String tail) {
        response.putTrailer(InvocationProtocol.OUTCOME, outcome);
        if (!tail.isEmpty()) {
            response.putTrailer(InvocationProtocol.LOG_TAIL, tail);
        }
        var _ = response.end();
    }
}
