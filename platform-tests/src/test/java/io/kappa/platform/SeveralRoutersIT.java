package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.platform.OneService.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three routers, each a process of its own, never have more of a function running at once than is reserved for it, and all of that; also
 * while one of them is killed, and while another stands still for longer than its lease and goes on as if nothing had been. The function
 * itself tells when it begins and ends, in a file to which each line is appended at once: so the order of the lines is the order of what
 * happened, but for ends that come a little early. It does not end as long as the test holds it.
 */
class SeveralRoutersIT {
    private static final List<Part> ROUTERS = List.of(Part.ROUTER, Part.SECOND_ROUTER, Part.THIRD_ROUTER);
    private static final Set<Part> PARTS =
            EnumSet.of(Part.BROKER, Part.ROUTER, Part.SECOND_ROUTER, Part.THIRD_ROUTER, Part.WORKER);

    private static final int RESERVED = 50;
    private static final int INVOCATIONS = 2_000;
    private static final int TIMEOUT_SECONDS = 20;

    /** How many callers there are at once while routers die: several times as many as may run. */
    private static final int CALLERS = 240;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(15);

    /** In nanoseconds: so many tries come to the routers, however many callers there are. */
    private static final long BETWEEN_TRIES_OF_ALL = 400_000;

    private static final String SOURCE = """
            import os, time

            out = os.open(os.environ['SEEN'], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)

            def handler(event, context):
                os.write(out, b'begin\\n')
                time.sleep(0.1)
                while os.path.exists(os.environ['HELD']):
                    time.sleep(0.02)
                os.write(out, b'end\\n')
            """;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** The file in which the function tells what it does. */
    private record Seen(Path file, Path held) {
        void hold() throws IOException {
            Files.createFile(held);
        }

        void release() throws IOException {
            Files.delete(held);
        }

        List<String> lines() {
            try {
                return Files.exists(file) ? Files.readAllLines(file) : List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        long begun() {
            return lines().stream().filter("begin"::equals).count();
        }

        long running() {
            var lines = lines();
            return 2 * lines.stream().filter("begin"::equals).count() - lines.size();
        }

        /** The most that ever ran at once. */
        int mostAtOnce() {
            int running = 0;
            int most = 0;
            for (var line : lines()) {
                running += line.equals("begin") ? 1 : -1;
                most = Math.max(most, running);
            }
            return most;
        }
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void neverMoreOfAFunctionRunsThanIsReservedForItThroughAllRoutersTogether(@TempDir Path data) throws Exception {
        var runs = Files.createDirectory(data.resolve("runs"));
        var seen = new Seen(runs.resolve("seen"), runs.resolve("held"));
        try (var platform = SeparateProcesses.start(
                Files.createDirectory(data.resolve("platform")),
                PARTS,
                CountedRuns.SETTING,
                "worker.memory-megabytes=16384")) {
            try {
                var function = function(platform, seen);
                allRoutersKnowTheFunction(platform, function);

                invokeAll(platform, function, INVOCATIONS, INVOCATIONS, () -> {});
                allOfItIsUsed(platform, function, seen);
                invokeAll(platform, function, INVOCATIONS, CALLERS, () -> killOneAndPauseAnother(platform, seen));
                allOfItIsUsed(platform, function, seen);

                assertThat(seen.mostAtOnce()).isEqualTo(RESERVED);
                assertThat(platform.notAlive()).isEmpty();
                tell(platform, seen);
            } catch (Exception | Error e) {
                System.err.println(platform.output());
                throw e;
            }
        } finally {
            http.close();
        }
    }

    private static String function(SeparateProcesses platform, Seen seen) {
        try (var lambda = platform.lambda()) {
            var function = new Functions(lambda)
                    .python(
                            SOURCE,
                            request -> request.environment(e -> e.variables(Map.of(
                                            "SEEN",
                                            seen.file().toString(),
                                            "HELD",
                                            seen.held().toString())))
                                    .timeout(TIMEOUT_SECONDS));
            lambda.putFunctionConcurrency(
                    request -> request.functionName(function).reservedConcurrentExecutions(RESERVED));
            return function;
        }
    }

    private void allRoutersKnowTheFunction(SeparateProcesses platform, String function) {
        for (var router : ROUTERS) {
            Waiting.until(PATIENCE, () -> status(platform, router, function, "DryRun") == 204);
        }
    }

    /**
     * Invokes until each invocation has been answered with success, one router after another where one does not.
     *
     * @param atOnce how many of them are called at once
     */
    private void invokeAll(SeparateProcesses platform, String function, int count, int atOnce, Meanwhile meanwhile)
            throws Exception {
        var callers = new Semaphore(atOnce);
        var answers = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                int first = i;
                answers.add(threads.submit(() -> {
                    callers.acquireUninterruptibly();
                    try {
                        invoke(platform, function, first, atOnce * BETWEEN_TRIES_OF_ALL);
                    } finally {
                        callers.release();
                    }
                }));
            }
            meanwhile.happens();
            for (var answer : answers) {
                answered(answer);
            }
        }
    }

    /** Holds what runs until as many run as may, once nothing is missing that a killed router was lent. */
    private void allOfItIsUsed(SeparateProcesses platform, String function, Seen seen) throws Exception {
        Waiting.until(
                PATIENCE,
                () -> ROUTERS.stream()
                                .mapToInt(router -> lent(platform.metrics(router)))
                                .sum()
                        == RESERVED);
        seen.hold();
        invokeAll(platform, function, CALLERS, CALLERS, () -> {
            try {
                Waiting.until(PATIENCE, () -> seen.running() == RESERVED);
            } finally {
                seen.release();
            }
        });
    }

    private static int lent(String metrics) {
        return metrics.lines()
                .filter(line -> line.startsWith("kappa_router_lots_tokens{pool=\"reserved\""))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** What happens while invocations run. */
    @FunctionalInterface
    private interface Meanwhile {
        void happens() throws Exception;
    }

    private static void answered(Future<?> answer) throws InterruptedException {
        try {
            answer.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private void invoke(SeparateProcesses platform, String function, int first, long betweenTries) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int i = first; System.nanoTime() - end < 0; i++) {
            if (status(platform, ROUTERS.get(i % ROUTERS.size()), function, "RequestResponse") == 200) {
                return;
            }
            LockSupport.parkNanos(betweenTries);
        }
        throw new AssertionError("not answered within " + PATIENCE);
    }

    /** 0 where there is no answer. */
    private int status(SeparateProcesses platform, Part router, String function, String type) {
        var uri = URI.create(platform.endpoint(router) + "/2015-03-31/functions/" + function + "/invocations");
        try {
            return http.send(
                            HttpRequest.newBuilder(uri)
                                    .header("X-Amz-Invocation-Type", type)
                                    .timeout(ANSWERED_WITHIN)
                                    .POST(BodyPublishers.ofString("{}"))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void killOneAndPauseAnother(SeparateProcesses platform, Seen seen) throws Exception {
        awaitFurther(seen, 200);
        platform.kill(Part.SECOND_ROUTER);
        awaitFurther(seen, 200);
        platform.pause(Part.THIRD_ROUTER);
        try {
            long over =
                    System.nanoTime() + SeparateProcesses.LEASE.multipliedBy(2).toNanos();
            Waiting.until(PATIENCE, () -> System.nanoTime() - over >= 0);
            awaitFurther(seen, 100);
        } finally {
            platform.goOn(Part.THIRD_ROUTER);
        }
        platform.start(Part.SECOND_ROUTER);
        platform.awaitAllReady();
    }

    private static void awaitFurther(Seen seen, int invocations) {
        long enough = seen.begun() + invocations;
        Waiting.until(PATIENCE, () -> seen.begun() >= enough);
    }

    private static void tell(SeparateProcesses platform, Seen seen) {
        System.out.printf(
                "%d begun; of the worker: %s%n",
                seen.begun(),
                platform.metrics(Part.WORKER)
                        .lines()
                        .filter(line -> line.startsWith("kappa_worker_refusals"))
                        .toList());
    }
}
