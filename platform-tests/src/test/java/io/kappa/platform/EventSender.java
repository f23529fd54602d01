package io.kappa.platform;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends events over HTTP, many at once, until each has been answered with 202, whatever breaks meanwhile. Goes on only as far as it is told
 * to, so that whoever breaks things knows that events are on their way when it does.
 */
final class EventSender implements AutoCloseable {
    private static final int AT_ONCE = 16;
    private static final int ACCEPTED = 202;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration BEFORE_NEXT_TRY = Duration.ofMillis(100);

    private final URI endpoint;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore atOnce = new Semaphore(AT_ONCE);
    private final Map<String, Sent> accepted = new ConcurrentHashMap<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();

    /** An event that was accepted. */
    record Sent(String function, String payload) {}

    EventSender(URI endpoint) {
        this.endpoint = endpoint;
    }

    /** Starts sending one, as soon as fewer than the most that may be on their way are. */
    void send(String function, String payload) {
        threads.execute(() -> {
            atOnce.acquireUninterruptibly();
            try {
                while (!threads.isShutdown() && !tried(function, payload)) {
                    LockSupport.parkNanos(BEFORE_NEXT_TRY.toNanos());
                }
            } finally {
                atOnce.release();
            }
        });
    }

    private boolean tried(String function, String payload) {
        var request = HttpRequest.newBuilder(endpoint.resolve("/2015-03-31/functions/" + function + "/invocations"))
                .timeout(PATIENCE)
                .header("X-Amz-Invocation-Type", "Event")
                .POST(HttpRequest.BodyPublishers.ofString(payload, StandardCharsets.UTF_8))
                .build();
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.discarding());
            if (response.statusCode() != ACCEPTED) {
                refused.incrementAndGet();
                return false;
            }
            var requestId = response.headers().firstValue("x-amzn-RequestId").orElseThrow();
            var before = accepted.put(requestId, new Sent(function, payload));
            if (before != null) {
                throw new IllegalStateException(requestId + " was given to two events");
            }
            return true;
        } catch (IOException e) {
            broken.incrementAndGet();
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Events that were answered with 202, by request id. */
    Map<String, Sent> accepted() {
        return accepted;
    }

    /** How many answers said no. */
    int refused() {
        return refused.get();
    }

    /** How many requests got no answer: what they sent may have been accepted or not. */
    int broken() {
        return broken.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        http.shutdownNow();
    }
}
