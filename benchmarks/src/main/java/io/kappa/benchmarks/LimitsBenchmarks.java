package io.kappa.benchmarks;

import static io.kappa.benchmarks.Benchmarks.median;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kafka.EmbeddedKafka;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.router.admission.AccountLimits;
import io.kappa.router.admission.Admission;
import io.kappa.router.admission.Admission.Place;
import io.kappa.router.admission.AdmissionSettings;
import io.kappa.router.admission.exchange.KafkaLots;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.AccountQuotas;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * What limits cost: entering and leaving on the warm path, beside the processor time of a whole warm invocation, and a token's way from one
 * router to another. Limits cannot be switched off, so their share of a warm invocation's processor time stands for what their absence
 * would save.
 */
final class LimitsBenchmarks {
    private static final String ACCOUNT = "000000000000";
    private static final VersionArn FUNCTION = new VersionArn(
            FunctionArn.parse("arn:aws:lambda:us-east-1:" + ACCOUNT + ":function:limited"), new Version.Latest());
    private static final int TIMEOUT_SECONDS = 3;
    private static final int CALLERS = 16;

    /** So many that the rate of requests, ten times as high, is not what is measured. */
    private static final int PLENTY = 1_000_000;

    private static final int ENTRIES = 3_000_000;
    private static final int MOVES = 200;
    private static final int MOVES_TO_WARM_UP = 40;

    /** A limit of one lets ten requests in a second. */
    private static final Duration BETWEEN_MOVES = Duration.ofMillis(120);

    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path repository;
    private final Path scratch;
    private final Duration stretch;
    private final int rounds;
    private final PrintStream out;

    LimitsBenchmarks(Path repository, Path scratch, Duration stretch, int rounds, PrintStream out) {
        this.repository = repository;
        this.scratch = scratch;
        this.stretch = stretch;
        this.rounds = rounds;
        this.out = out;
    }

    /** A router's part that admits, with all that it talks to. */
    private record Router(Admission admission, KafkaLots lots) implements AutoCloseable {
        static Router start(KafkaSettings kafka, String name, int concurrency) {
            var limits = new AccountLimits(new AccountQuotas(concurrency), ACCOUNT, "us-east-1", new RegistryView());
            var settings = new AdmissionSettings(AdmissionSettings.DEFAULTS.lease(), PATIENCE, false);
            var meters = new SimpleMeterRegistry();
            var admission = new Admission(new HolderId(name, "1"), limits, _ -> 0, settings, meters, System::nanoTime);
            var known = CompletableFuture.<Void>completedFuture(null);
            return new Router(admission, new KafkaLots(kafka, ACCOUNT, admission, limits, settings, known, meters));
        }

        Place enter() {
            var place = admission.enter(FUNCTION, TIMEOUT_SECONDS);
            return place != null
                    ? place
                    : admission
                            .await(FUNCTION, TIMEOUT_SECONDS)
                            .toCompletableFuture()
                            .join();
        }

        void awaitTokens() throws InterruptedException {
            while (admission.problem().isPresent()) {
                Thread.sleep(Duration.ofMillis(20));
            }
            enterAtLast();
        }

        /** Enters and leaves. @return how often that was refused before */
        int enterAtLast() {
            for (int refusals = 0; ; refusals++) {
                try {
                    enter().leave();
                    return refusals;
                } catch (CompletionException | LambdaApiException e) {
                    Thread.onSpinWait(); // As a client would, but at once.
                }
            }
        }

        @Override
        public void close() {
            lots.close();
        }
    }

    void run() throws IOException, InterruptedException, ExecutionException {
        double invocation = warmInvocationMicros();
        try (var broker = EmbeddedKafka.start(Files.createDirectories(scratch.resolve("broker")), 0)) {
            out.println("""
                    ### Entering and leaving, tokens at hand

                    | threads | each (µs) | of a warm invocation's processor time, %.0f µs |
                    |---|---|---|""".formatted(invocation));
            try (var router = Router.start(kafka(broker, "entering"), "a", PLENTY)) {
                router.awaitTokens();
                int processors = Runtime.getRuntime().availableProcessors();
                for (int threads = 1; threads <= processors; threads *= 2) {
                    entering(router, threads, invocation);
                }
            }
            out.println("""

                    ### The only token moves between two routers

                    | asked until entered, p50 (ms) | p99 (ms) | refused at first, of %d |
                    |---|---|---|""".formatted(MOVES));
            moving(kafka(broker, "moving"));
        }
        out.println();
    }

    private static KafkaSettings kafka(EmbeddedKafka broker, String prefix) throws InterruptedException {
        var kafka = new KafkaSettings(broker.bootstrapServers(), prefix, -1, true, Map.of());
        PlatformTopics.ensure(kafka, Topic.ADMISSION_REQUESTS, Topic.ADMISSION_GRANTS);
        return kafka;
    }

    /** The platform's processor time for one invocation of a native function, which is the least that there is. */
    private double warmInvocationMicros() throws IOException, InterruptedException {
        var compiled = Files.createDirectories(scratch.resolve("native"));
        var sample = Sample.nativeBootstrap(repository.resolve("benchmarks/src/main/native/bootstrap.c"), compiled);
        try (var platform = new Platform(repository, scratch.resolve("warm"), List.of("worker.sandbox.kind=process"))) {
            platform.create("limited", sample, 128);
            var load = new Load(platform.port(), "limited", "{}");
            load.run(CALLERS, WARM_UP);
            var micros = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                var before = ProcessFigures.cpu(platform.pid());
                var result = load.run(CALLERS, stretch);
                var used = ProcessFigures.cpu(platform.pid()).minus(before);
                micros[round] = used.toNanos() / 1000.0 / result.latencies().getTotalCount();
            }
            return median(micros);
        }
    }

    private void entering(Router router, int threads, double invocation)
            throws InterruptedException, ExecutionException {
        var micros = new double[rounds + 1];
        for (int round = 0; round <= rounds; round++) {
            micros[round] = enterAndLeave(router, threads);
        }
        double each = median(Arrays.copyOfRange(micros, 1, micros.length)); // The first was warm-up.
        out.printf("| %d | %.2f | %.2f %% |%n", threads, each, 100 * each / invocation);
    }

    /** Microseconds that one thread takes for one. */
    private static double enterAndLeave(Router router, int threads) throws InterruptedException, ExecutionException {
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var ended = new ArrayList<Future<?>>();
            long start = System.nanoTime();
            for (int i = 0; i < threads; i++) {
                ended.add(pool.submit(() -> {
                    for (int entry = 0; entry < ENTRIES; entry++) {
                        router.enter().leave();
                    }
                }));
            }
            for (var future : ended) {
                future.get();
            }
            return (System.nanoTime() - start) / 1000.0 / ENTRIES;
        }
    }

    private void moving(KafkaSettings kafka) throws InterruptedException {
        try (var a = Router.start(kafka, "a", 1);
                var b = Router.start(kafka, "b", 1)) {
            a.awaitTokens();
            b.awaitTokens();
            var latencies = new Histogram(3);
            int refused = 0;
            for (int move = 0; move < MOVES_TO_WARM_UP + MOVES; move++) {
                Thread.sleep(BETWEEN_MOVES);
                long start = System.nanoTime();
                int refusals = (move % 2 == 0 ? a : b).enterAtLast();
                if (move >= MOVES_TO_WARM_UP) {
                    latencies.recordValue(System.nanoTime() - start);
                    refused += Math.min(refusals, 1);
                }
            }
            out.printf(
                    "| %.1f | %.1f | %d |%n",
                    latencies.getValueAtPercentile(50) / 1e6, latencies.getValueAtPercentile(99) / 1e6, refused);
        }
    }
}
