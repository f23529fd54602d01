package io.kappa.platform;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Callers of a function who call again as soon as they are answered, and never try anything twice. */
final class SteadyCallers implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpRequest request;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong answered = new AtomicLong();
    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private volatile boolean stopping;

    /** @param begunNanos when the call was made, by {@link System#nanoTime} */
    record Failure(long begunNanos, String what) {}

    SteadyCallers(URI endpoint, String function, int count) {
        request = HttpRequest.newBuilder(endpoint.resolve("/2015-03-31/functions/" + function + "/invocations"))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        for (int i = 0; i < count; i++) {
            threads.execute(this::call);
        }
    }

    private void call() {
        while (!stopping) {
            long begun = System.nanoTime();
            try {
                var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200
                        && answer.headers().firstValue("X-Amz-Function-Error").isEmpty()) {
                    answered.incrementAndGet();
                } else {
                    failures.add(new Failure(begun, answer.statusCode() + " " + answer.body()));
                }
            } catch (IOException e) {
                failures.add(new Failure(begun, e.toString()));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Waits until so many more have been answered. */
    void awaitAnswers(int more) {
        long enough = answered.get() + more;
        Waiting.until(PATIENCE, () -> answered.get() >= enough);
    }

    List<Failure> failures() {
        return failures;
    }

    /** Lets the calls that are under way come to their end. */
    @Override
    public void close() {
        stopping = true;
        threads.close();
        http.close();
    }
}
