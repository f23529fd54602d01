package io.kappa.router.api;

import io.kappa.router.api.url.MalformedResultException;
import io.kappa.router.api.url.Prelude;
import io.kappa.router.api.url.ResponseHead;
import io.kappa.router.dispatch.InvocationOutcome;
import io.kappa.router.dispatch.InvocationOutcome.Answered;
import io.kappa.router.dispatch.InvocationOutcome.Lost;
import io.kappa.router.dispatch.InvocationOutcome.PlatformError;
import io.kappa.router.dispatch.PartTaker;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The response of a function URL that hands on a result while the function makes it. The prelude of the result is its head, where there is
 * one. What goes wrong before the head has gone out is answered as such; afterwards the connection is cut.
 */
final class StreamedUrlAnswer implements PartTaker {
    private final Exchange exchange;
    private @Nullable Opening opening;
    private @Nullable PartWriter writer;

    /** A head of which the end is still to come. */
    private record Opening(Prelude prelude, PartSource source) {}

    StreamedUrlAnswer(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public void begin(String contentType, PartSource source) {
        if (contentType.equals(Prelude.CONTENT_TYPE)) {
            opening = new Opening(new Prelude(), source);
        } else {
            writer = open(ResponseHead.of(contentType), source);
        }
    }

    private PartWriter open(ResponseHead head, PartSource source) {
        var response = exchange.begin(head.status());
        UrlHeads.write(response, head);
        if (!response.closed()) {
            var _ = response.writeHead();
        }
        return new PartWriter(response, source);
    }

    @Override
    public void part(Buffer part) {
        var begun = opening;
        if (writer != null) {
            write(writer, part);
        } else if (begun != null && !exchange.isAnswered()) {
            exchange.attempt(() -> readHead(begun, part));
        }
    }

    private void readHead(Opening begun, Buffer part) {
        try {
            var rest = begun.prelude().take(part);
            var head = begun.prelude().head();
            if (rest.isPresent() && head != null) {
                writer = open(head, begun.source());
                write(writer, rest.get());
            }
        } catch (MalformedResultException e) {
            throw UrlRefusals.failed("the function's result is no response: " + e.getMessage());
        }
    }

    private void write(PartWriter response, Buffer part) {
        if (!UrlHeads.isBodiless(exchange.request())) {
            response.write(part);
        }
    }

    void end(InvocationOutcome outcome) {
        switch (outcome) {
            case PlatformError(var code, var message) -> exchange.refuse(new LambdaApiException(code, message));
            case Lost lost -> fail(InvokeHandler.lost(lost), "lost");
            case Answered(boolean functionError, var _, var _)
            when functionError -> fail(UrlRefusals.failed("the function failed"), "function-error");
            case Answered _ when writer != null -> exchange.endParts(Buffer.buffer(), "result");
            case Answered _ when opening != null -> exchange.refuse(UrlRefusals.failed("the prelude has no end"));
            case Answered(var _, Buffer payload, var _) ->
                exchange.end(exchange.response(200), payload, "result"); // As it is: nothing of it is read.
        }
    }

    private void fail(LambdaApiException refusal, String outcome) {
        if (writer == null) {
            exchange.refuse(refusal);
        } else {
            exchange.breakOff(outcome);
        }
    }
}
