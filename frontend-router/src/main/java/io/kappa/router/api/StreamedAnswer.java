package io.kappa.router.api;

import io.kappa.router.dispatch.InvocationOutcome;
import io.kappa.router.dispatch.InvocationOutcome.Answered;
import io.kappa.router.dispatch.InvocationOutcome.Lost;
import io.kappa.router.dispatch.InvocationOutcome.PlatformError;
import io.kappa.router.dispatch.PartTaker;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The answer of InvokeWithResponseStream: a chunk for each part of the result as the function makes it, and one message that says how it
 * ended. What goes wrong before the first of them is an ordinary refusal; afterwards only that last message can tell.
 */
final class StreamedAnswer implements PartTaker {
    private static final String EVENT_STREAM = "application/vnd.amazon.eventstream";
    private static final String UNHANDLED = "Unhandled";

    private final Exchange exchange;
    private final Consumer<HttpServerResponse> head;
    private @Nullable PartWriter writer;

    /** @param head puts further headers into the response */
    StreamedAnswer(Exchange exchange, Consumer<HttpServerResponse> head) {
        this.exchange = exchange;
        this.head = head;
    }

    @Override
    public void begin(String contentType, PartSource source) {
        var response = begin();
        writer = new PartWriter(response, source);
        if (!response.closed()) {
            var _ = response.writeHead();
        }
    }

    private HttpServerResponse begin() {
        var response = exchange.begin(200);
        response.headers().set(HttpHeaders.CONTENT_TYPE, EVENT_STREAM);
        head.accept(response);
        return response;
    }

    @Override
    public void part(Buffer part) {
        if (writer != null) {
            writer.write(EventMessages.payloadChunk(part));
        }
    }

    void end(InvocationOutcome outcome) {
        switch (outcome) {
            case PlatformError(var code, var message) -> exchange.refuse(new LambdaApiException(code, message));
            case Lost lost when writer == null -> exchange.refuse(InvokeHandler.lost(lost));
            case Lost lost ->
                end(
                        Buffer.buffer(),
                        EventMessages.failed(InvokeHandler.lost(lost).code().wireName(), lost.message(), null),
                        "lost");
            case Answered(boolean functionError, Buffer payload, String logTail)
            when functionError ->
                end(Buffer.buffer(), EventMessages.failed(UNHANDLED, payload.toString(), logTail), "function-error");
            case Answered(var _, Buffer payload, String logTail) ->
                end(
                        payload.length() == 0 ? payload : EventMessages.payloadChunk(payload),
                        EventMessages.complete(logTail),
                        "result");
        }
    }

    /** @param rest of the result, of one that did not come in parts all of it */
    private void end(Buffer rest, Buffer last, String outcome) {
        if (writer == null) {
            var _ = begin();
        }
        exchange.endParts(rest.length() == 0 ? last : rest.copy().appendBuffer(last), outcome);
    }
}
