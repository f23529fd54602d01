package io.kappa.benchmarks;

import io.kappa.runtimes.InstalledRuntimes;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.runtimes.RuntimeSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the platform beside the floor, in one run, and prints Markdown tables. {@code benchmarks/run} starts it. */
@Command(name = "benchmarks", mixinStandardHelpOptions = true)
final class Benchmarks implements Callable<Integer> {
    private static final String PAYLOAD = "{\"message\":\"hello\",\"numbers\":[1,2,3]}";
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Pattern INIT = Pattern.compile("Init Duration: ([0-9.]+) ms");
    private static final Pattern DURATION = Pattern.compile("\tDuration: ([0-9.]+) ms");

    @Option(names = "--repository", required = true, description = "root of the repository, built")
    private Path repository;

    @Option(names = "--seconds", defaultValue = "3", description = "length of each measured stretch")
    private int seconds;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "stretches of each, floor and platform in turn; medians count")
    private int rounds;

    @Option(names = "--callers", defaultValue = "1,16,64", split = ",")
    private int[] callers;

    @Option(names = "--runtimes", defaultValue = "native,python,nodejs,java", split = ",")
    private List<String> runtimes;

    @Option(names = "--cold-starts", defaultValue = "15", description = "cold starts of each runtime")
    private int coldStarts;

    @Option(names = "--starts", defaultValue = "3", description = "starts of the platform; medians count")
    private int starts;

    @Option(names = "--events", description = "measures accepted events instead of everything else")
    private boolean events;

    @Option(names = "--cold", description = "measures cold starts instead of everything else")
    private boolean cold;

    @Option(names = "--limits", description = "measures what limits cost instead of everything else")
    private boolean limits;

    @Option(names = "--sandboxes", defaultValue = "process,oci", split = ",", description = "for --cold")
    private List<String> sandboxes;

    @Option(names = "--backlog", defaultValue = "1000000", description = "events that wait, for --events")
    private int backlog;

    @Option(names = "--mappings", description = "measures event source mappings instead of everything else")
    private boolean mappings;

    @Option(names = "--records", defaultValue = "600000", description = "records of 1 KB in the topic, for --mappings")
    private int records;

    private final PrintStream out = System.out;

    @SuppressWarnings("NullAway.Init") // picocli fills the options in.
    Benchmarks() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmarks()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        var scratch = Files.createTempDirectory("kappa-benchmarks");
        try {
            if (events) {
                new EventBenchmarks(repository, scratch, Duration.ofSeconds(seconds), rounds, backlog, out).run();
                return 0;
            }
            if (mappings) {
                new MappingBenchmarks(repository, scratch, Duration.ofSeconds(seconds), rounds, records, out).run();
                return 0;
            }
            if (cold) {
                new ColdStartBenchmarks(repository, scratch, coldStarts, sandboxes, out).run();
                return 0;
            }
            if (limits) {
                new LimitsBenchmarks(repository, scratch, Duration.ofSeconds(seconds), rounds, out).run();
                return 0;
            }
            var catalogue = new InstalledRuntimes(new RuntimeSettings(scratch.resolve("runtimes")));
            platformStarts(scratch);
            var samples = samples(catalogue, scratch);
            try (var floor = new Floor(catalogue, scratch);
                    var platform =
                            new Platform(repository, scratch.resolve("data"), List.of("worker.sandbox.kind=process"))) {
                for (var sample : samples) {
                    platform.create(function(sample), sample, 128);
                }
                warm(samples, floor, platform);
                cold(samples, floor, platform);
            }
        } finally {
            deleteTree(scratch);
        }
        return 0;
    }

    private List<Sample> samples(RuntimeCatalogue catalogue, Path scratch) throws IOException, InterruptedException {
        var samples = new ArrayList<Sample>();
        for (var runtime : runtimes) {
            var compiled = Files.createDirectories(scratch.resolve("compiled-" + runtime));
            var sample = switch (runtime) {
                case "native" ->
                    Sample.nativeBootstrap(repository.resolve("benchmarks/src/main/native/bootstrap.c"), compiled);
                case "python" -> Sample.python();
                case "nodejs" -> Sample.nodejs();
                case "java" -> Sample.java(compiled);
                case "ruby" -> Sample.ruby();
                default -> throw new IllegalArgumentException("no sample for the runtime '" + runtime + "'");
            };
            if (catalogue.find(sample.runtime()).isPresent()) {
                samples.add(sample);
            } else {
                out.println(sample.label() + " is left out: this machine lacks it.");
            }
        }
        return samples;
    }

    // Warm invocations.

    private record Stretch(Load.Result result, double cpuMicrosEach) {}

    private void warm(List<Sample> samples, Floor floor, Platform platform) throws IOException, InterruptedException {
        out.println("""
                ### Warm invocations

                | runtime | callers | p50 floor / Kappa (ms) | p99 floor / Kappa (ms) | per second floor / Kappa | share of the floor's throughput | server CPU each floor / Kappa (µs) |
                |---|---|---|---|---|---|---|""");
        for (var sample : samples) {
            for (int count : callers) {
                floor.serve(sample, count);
                var atFloor = new Load(floor.port(), "floor", PAYLOAD);
                var atPlatform = new Load(platform.port(), function(sample), PAYLOAD);
                atPlatform.run(count, WARM_UP); // Starts the environments, and gives the compiler its time.
                atFloor.run(count, WARM_UP);
                var floors = new ArrayList<Stretch>();
                var platforms = new ArrayList<Stretch>();
                for (int round = 0; round < rounds; round++) {
                    floors.add(stretch(atFloor, floor.pid(), count));
                    platforms.add(stretch(atPlatform, platform.pid(), count));
                }
                double floorRate = median(
                        floors.stream().mapToDouble(s -> s.result().perSecond()).toArray());
                double platformRate = median(platforms.stream()
                        .mapToDouble(s -> s.result().perSecond())
                        .toArray());
                out.printf(
                        "| %s | %d | %.3f / %.3f | %.3f / %.3f | %.0f / %.0f | %.0f %% | %.0f / %.0f |%n",
                        sample.label(),
                        count,
                        percentile(floors, 50),
                        percentile(platforms, 50),
                        percentile(floors, 99),
                        percentile(platforms, 99),
                        floorRate,
                        platformRate,
                        100 * platformRate / floorRate,
                        median(floors.stream()
                                .mapToDouble(Stretch::cpuMicrosEach)
                                .toArray()),
                        median(platforms.stream()
                                .mapToDouble(Stretch::cpuMicrosEach)
                                .toArray()));
            }
        }
        out.println();
    }

    private Stretch stretch(Load load, long server, int count) throws IOException, InterruptedException {
        var before = ProcessFigures.cpu(server);
        var result = load.run(count, Duration.ofSeconds(seconds));
        var used = ProcessFigures.cpu(server).minus(before);
        return new Stretch(result, used.toNanos() / 1000.0 / result.latencies().getTotalCount());
    }

    private static double percentile(List<Stretch> stretches, double percentile) {
        return median(stretches.stream()
                .mapToDouble(s -> s.result().percentileMillis(percentile))
                .toArray());
    }

    // Cold starts.

    private void cold(List<Sample> samples, Floor floor, Platform platform) throws IOException, InterruptedException {
        out.println("""
                ### Cold starts (process sandbox)

                | runtime | bare runtime, start to first answer (ms) | first invoke through Kappa (ms) | ratio | of which: sandbox, process and init until the first poll (ms) | handler (ms) | rest: router, worker, HTTP (ms) |
                |---|---|---|---|---|---|---|""");
        for (var sample : samples) {
            var bare = new double[coldStarts];
            var whole = new double[coldStarts];
            var init = new double[coldStarts];
            var handler = new double[coldStarts];
            for (int i = 0; i < coldStarts; i++) {
                bare[i] = millis(floor.firstAnswer(sample));
                platform.redeploy(function(sample), "cold start " + i);
                long start = System.nanoTime();
                var log = platform.invokeForLog(function(sample));
                whole[i] = millis(Duration.ofNanos(System.nanoTime() - start));
                init[i] = found(INIT, log);
                handler[i] = found(DURATION, log);
            }
            out.printf(
                    "| %s | %.1f | %.1f | %.2f | %.1f | %.1f | %.1f |%n",
                    sample.label(),
                    median(bare),
                    median(whole),
                    median(whole) / median(bare),
                    median(init),
                    median(handler),
                    median(whole) - median(init) - median(handler));
        }
        out.println();
    }

    private static double found(Pattern pattern, String log) throws IOException {
        var matcher = pattern.matcher(log);
        if (!matcher.find()) {
            throw new IOException("the log does not tell '" + pattern + "': " + log);
        }
        return Double.parseDouble(matcher.group(1));
    }

    // The platform itself.

    private void platformStarts(Path scratch) throws IOException, InterruptedException {
        var empty = new double[starts];
        var again = new double[starts];
        long heap = 0;
        long resident = 0;
        for (int i = 0; i < starts; i++) {
            var data = scratch.resolve("start-" + i);
            try (var platform = new Platform(repository, data, List.of())) {
                empty[i] = millis(platform.startUp()) / 1000;
            }
            try (var platform = new Platform(repository, data, List.of())) {
                again[i] = millis(platform.startUp()) / 1000;
                resident = ProcessFigures.residentMegabytes(platform.pid());
                heap = ProcessFigures.liveHeapMegabytes(platform.pid());
            }
        }
        out.println("""
                ### The platform at rest

                | what | measured |
                |---|---|""");
        out.printf("| `./kappa start` until ready, empty data directory | %.1f s |%n", median(empty));
        out.printf("| `./kappa start` until ready, second start on the same directory | %.1f s |%n", median(again));
        out.printf("| live heap of the idle platform, broker included | %d MB |%n", heap);
        out.printf("| resident memory of the idle platform, broker included | %d MB |%n%n", resident);
    }

    private static String function(Sample sample) {
        return "bench-" + sample.runtime().family().name().toLowerCase(java.util.Locale.ROOT);
    }

    static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void deleteTree(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
