package io.kappa.router.api;

import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.RefusalAnswer;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One HTTP request and its only answer. Lives on one event loop. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-amzn-RequestId");
    private static final CharSequence ERROR_TYPE = HttpHeaders.createOptimized("x-amzn-ErrorType");
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    /** For every throttle: the limits are of seconds, or give way as soon as something ends. */
    private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");

    private final HttpServerRequest request;
    private final String requestId;
    private final String operation;
    private final ApiMetrics metrics;
    private final MemoryBudget budget;
    private final Function<LambdaApiException, RefusalAnswer> refusals;
    private final long startedNanos = System.nanoTime();
    private long held;
    private boolean answered;
    private boolean inParts;

    /** @param operation its name, for logs and metrics */
    Exchange(HttpServerRequest request, String requestId, String operation, ApiMetrics metrics, MemoryBudget budget) {
        this(
                request,
                requestId,
                operation,
                metrics,
                budget,
                refusal -> new RefusalAnswer(refusal.code().wireName(), ErrorAnswer.of(refusal)));
    }

    /**
     * @param operation its name, for logs and metrics
     * @param refusals writes refusals in the request's protocol
     */
    Exchange(
            HttpServerRequest request,
            String requestId,
            String operation,
            ApiMetrics metrics,
            MemoryBudget budget,
            Function<LambdaApiException, RefusalAnswer> refusals) {
        this.request = request;
        this.requestId = requestId;
        this.operation = operation;
        this.metrics = metrics;
        this.budget = budget;
        this.refusals = refusals;
        metrics.began();
    }

    /** A random UUID. Names a request and protects nothing, so it need not be hard to guess. */
    static String randomId() {
        var random = ThreadLocalRandom.current();
        long version4 = (random.nextLong() & ~0xf000L) | 0x4000L;
        long variant2 = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(version4, variant2).toString();
    }

    HttpServerRequest request() {
        return request;
    }

    String requestId() {
        return requestId;
    }

    boolean isAnswered() {
        return answered;
    }

    /** Reserves memory for a body of the request or of the answer. Given back when the answer has gone out. */
    boolean hold(long bytes) {
        if (!budget.take(bytes)) {
            return false;
        }
        held += bytes;
        return true;
    }

    /** The response, with what every answer carries. Whoever takes it must end it by {@link #end}. */
    HttpServerResponse response(int status) {
        var response = request.response();
        response.setStatusCode(status);
        var headers = response.headers();
        headers.set(REQUEST_ID, requestId);
        headers.set(HttpHeaders.CONTENT_TYPE, JSON);
        return response;
    }

    /** @param outcome for the metrics: one of few words */
    void end(HttpServerResponse response, Buffer body, String outcome) {
        if (answered) {
            return;
        }
        finish(outcome);
        var sent = body.length() == 0 ? response.end() : response.end(body);
        if (held > 0) {
            sent.onComplete(_ -> budget.giveBack(held));
        }
    }

    /**
     * Begins an answer that goes out in parts. From here on nothing is refused any more; whoever begins it ends it by {@link #endParts}. To a
     * caller who has gone, nothing goes out.
     */
    HttpServerResponse begin(int status) {
        if (!answered) {
            answered = true;
            inParts = true;
        }
        return response(status).setChunked(true);
    }

    /**
     * @param last of the parts, may be empty
     * @param outcome for the metrics: one of few words
     */
    void endParts(Buffer last, String outcome) {
        if (!inParts) {
            return;
        }
        finishParts(request.response().closed() ? "abandoned" : outcome);
        if (!request.response().closed()) {
            var _ = last.length() == 0
                    ? request.response().end()
                    : request.response().end(last);
        }
    }

    /**
     * Breaks off an answer in parts: nobody shall take it for a whole one.
     *
     * @param outcome for the metrics: one of few words
     */
    void breakOff(String outcome) {
        if (!inParts) {
            return;
        }
        finishParts(outcome);
        var _ = request.response().reset();
    }

    private void finishParts(String outcome) {
        inParts = false;
        finish(outcome);
        budget.giveBack(held);
    }

    void answer(ApiAnswer answer) {
        if (answered) {
            return;
        }
        var response = response(answer.status());
        response.headers().set(HttpHeaders.CONTENT_TYPE, answer.contentType());
        end(response, answer.body(), "done");
    }

    void refuse(LambdaApiException refusal) {
        if (answered) {
            return;
        }
        var code = refusal.code();
        var refused = refusals.apply(refusal);
        LOG.atDebug()
                .addKeyValue("requestId", requestId)
                .addKeyValue("operation", operation)
                .addKeyValue("error", refused.name())
                .log("refused: {}", refusal.message());
        var response = response(refused.answer().status());
        response.headers().set(HttpHeaders.CONTENT_TYPE, refused.answer().contentType());
        response.headers().set(ERROR_TYPE, refused.name());
        if (code == ErrorCode.TOO_MANY_REQUESTS) {
            response.headers().set(RETRY_AFTER, "1");
        }
        if (refusal.reason() != null) {
            metrics.throttled(refusal.reason());
        }
        end(response, refused.answer().body(), refused.name());
    }

    /** Takes a step towards the answer. What it throws becomes the answer, so that nobody waits in vain. */
    void attempt(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** Answers what went wrong: a refusal as such, anything else as an error of the service whose cause stays in the log. */
    void fail(Throwable failure) {
        var cause = failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof LambdaApiException refusal) {
            refuse(refusal);
            return;
        }
        LOG.atError()
                .addKeyValue("requestId", requestId)
                .addKeyValue("operation", operation)
                .setCause(cause)
                .log("request failed");
        breakOff("failed");
        refuse(new LambdaApiException(
                ErrorCode.SERVICE, "An error occurred within the service; its log tells more under this request id."));
    }

    /** The caller is gone and hears no answer. */
    void abandon() {
        if (!answered) {
            finish("abandoned");
            budget.giveBack(held);
        }
    }

    private void finish(String outcome) {
        answered = true;
        metrics.ended(operation, outcome, System.nanoTime() - startedNanos);
    }

    @Nullable
    String header(CharSequence name) {
        return request.headers().get(name);
    }
}
