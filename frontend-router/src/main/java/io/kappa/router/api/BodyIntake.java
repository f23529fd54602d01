package io.kappa.router.api;

import io.kappa.kit.http.BoundedBody;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request, holding no more of it than is allowed. A body that says that it is too long is refused before it is read;
 * one that does not say is counted to its end and then refused, because the message names its length.
 */
final class BodyIntake {
    /** Larger bodies take from the common budget. */
    private static final int SMALL = 64 * 1024;

    private final Exchange exchange;
    private final int most;
    private final LongFunction<LambdaApiException> tooLong;
    private final Handler<Buffer> whole;
    private final BoundedBody body;
    private boolean held;

    private BodyIntake(
            Exchange exchange,
            int most,
            long expected,
            LongFunction<LambdaApiException> tooLong,
            Handler<Buffer> whole) {
        this.exchange = exchange;
        this.most = most;
        this.tooLong = tooLong;
        this.whole = whole;
        this.body = new BoundedBody(most, expected);
    }

    /**
     * Starts reading.
     *
     * @param tooLong makes the refusal of a body of that length
     * @param whole gets the body, unless the request has been refused
     */
    static void read(Exchange exchange, int most, LongFunction<LambdaApiException> tooLong, Handler<Buffer> whole) {
        var request = exchange.request();
        long expected = length(request.headers().get(HttpHeaders.CONTENT_LENGTH));
        if (expected > most) {
            exchange.refuse(tooLong.apply(expected));
            return;
        }
        var intake = new BodyIntake(exchange, most, expected, tooLong, whole);
        if (expected > SMALL && !intake.hold(expected)) {
            return;
        }
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
            request.response().writeContinue();
        }
        intake.listen(request);
    }

    private void listen(HttpServerRequest request) {
        request.exceptionHandler(_ -> exchange.abandon());
        request.handler(this::take);
        request.endHandler(_ -> end());
    }

    private void take(Buffer part) {
        if (exchange.isAnswered()) {
            return;
        }
        body.take(part);
        if (!held && body.seen() > SMALL) {
            hold(most); // It did not say how long it is, so it may be as long as any.
        }
    }

    private boolean hold(long bytes) {
        held = exchange.hold(bytes);
        if (!held) {
            exchange.refuse(LambdaApiException.throttled("CallerRateLimitExceeded"));
        }
        return held;
    }

    private void end() {
        if (exchange.isAnswered()) {
            return;
        }
        if (body.isBeyond()) {
            exchange.refuse(tooLong.apply(body.seen()));
        } else {
            whole.handle(body.whole());
        }
    }

    private static long length(@Nullable String header) {
        if (header == null) {
            return 0;
        }
        try {
            return Long.parseLong(header);
        } catch (NumberFormatException e) {
            return 0; // Netty has refused such a request before.
        }
    }
}
