package io.kappa.router.api;

import io.kappa.contracts.registry.CodePackage;
import io.kappa.router.registry.Registry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Sends a package part by part as it is read from Kafka, none before the caller has taken the one before: its size costs no memory. Blocks,
 * away from the event loop that the exchange lives on. A package that turns out not to be what was stored is broken off.
 */
final class PackageAnswer {
    private static final String ZIP = "application/zip";

    /** How long a caller may take for one part. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Exchange exchange;
    private final Context context;
    private boolean begun;

    /** Nobody takes the rest. */
    private static final class CallerGoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CallerGoneException(Exception cause) {
            super(cause);
        }
    }

    private PackageAnswer(Exchange exchange, Context context) {
        this.exchange = exchange;
        this.context = context;
    }

    static void send(CodePackage code, Registry registry, Exchange exchange, Context context) throws Exception {
        var answer = new PackageAnswer(exchange, context);
        try {
            registry.fetch(code, answer::part).toCompletableFuture().get(); // Each part has its time.
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CallerGoneException) {
                answer.step(() -> exchange.breakOff("abandoned"));
                return;
            }
            throw e;
        }
        answer.step(() -> exchange.endParts(Buffer.buffer(), "done"));
    }

    private void step(Runnable step) {
        await(() -> {
            step.run();
            return Future.succeededFuture();
        });
    }

    /** The first one begins the answer: what goes wrong before is an ordinary error. */
    private void part(byte[] bytes) {
        if (!begun) {
            begun = true;
            step(() -> exchange.begin(200).headers().set(HttpHeaders.CONTENT_TYPE, ZIP));
        }
        await(() -> exchange.request().response().write(Buffer.buffer(bytes)));
    }

    private void await(Supplier<Future<Void>> step) {
        var done = Promise.<Void>promise();
        context.runOnContext(
                _ -> Future.<Void>succeededFuture().compose(_ -> step.get()).onComplete(done));
        try {
            done.future().toCompletionStage().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CallerGoneException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallerGoneException(e);
        }
    }
}
