package io.kappa.benchmarks;

import static io.kappa.benchmarks.Benchmarks.median;
import static io.kappa.benchmarks.Benchmarks.millis;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.runtimes.InstalledRuntimes;
import io.kappa.runtimes.RuntimeSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Cold starts with and without parked runtimes, one at a time and many at once. */
final class ColdStartBenchmarks {
    private static final List<String> PHASES = List.of("code", "sandbox", "runtime", "init");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    private static final int MEMORY = 512;
    private static final int SMALL_MEMORY = 128;
    private static final int AT_ONCE = 100;
    private static final int ROUNDS = 3;
    private static final int WARM_UP = 10;

    private final Path repository;
    private final Path scratch;
    private final int coldStarts;
    private final List<String> sandboxes;
    private final PrintStream out;

    ColdStartBenchmarks(Path repository, Path scratch, int coldStarts, List<String> sandboxes, PrintStream out) {
        this.repository = repository;
        this.scratch = scratch;
        this.coldStarts = coldStarts;
        this.sandboxes = sandboxes;
        this.out = out;
    }

    void run() throws IOException, InterruptedException, ExecutionException {
        var catalogue = new InstalledRuntimes(new RuntimeSettings(scratch.resolve("runtimes")));
        var samples = Sample.clocks(Files.createDirectories(scratch.resolve("compiled"))).stream()
                .filter(sample -> catalogue.find(sample.runtime()).isPresent())
                .toList();
        out.println("""
                ### One at a time

                | sandbox | runtime | parked | request until the import of the handler begins, p50 / p99 (ms) | first answer, p50 (ms) | mean of the phases: code / sandbox / runtime / init (ms) |
                |---|---|---|---|---|---|""");
        for (var sandbox : sandboxes) {
            for (boolean parked : new boolean[] {true, false}) {
                try (var platform = platform(sandbox, parked, "one-" + sandbox + parked)) {
                    for (var sample : samples) {
                        oneAtATime(platform, sandbox, sample, parked);
                    }
                }
            }
        }
        out.println();
        out.println("""
                ### %d environments of a new Python function at once

                | sandbox | parked | until all have begun (ms) | environments a second |
                |---|---|---|---|""".formatted(AT_ONCE));
        for (var sandbox : sandboxes) {
            for (boolean parked : new boolean[] {true, false}) {
                try (var platform = platform(sandbox, parked, "many-" + sandbox + parked)) {
                    manyAtOnce(platform, sandbox, samples.getFirst(), parked);
                }
            }
        }
    }

    private Platform platform(String sandbox, boolean parked, String name) throws IOException, InterruptedException {
        return new Platform(
                repository,
                scratch.resolve(name),
                List.of(
                        "worker.sandbox.kind=" + sandbox,
                        "worker.warm.memory-megabytes=" + (parked ? 4096 : 0),
                        "worker.memory-megabytes=" + 2 * AT_ONCE * SMALL_MEMORY));
    }

    private void oneAtATime(Platform platform, String sandbox, Sample sample, boolean parked)
            throws IOException, InterruptedException {
        var function = "cold-" + sample.runtime().family().name().toLowerCase(java.util.Locale.ROOT);
        platform.create(function, sample, MEMORY);
        platform.invoke(function, "{}"); // Has the runtime looked for, and Java's archive made.
        Thread.sleep(Duration.ofSeconds(2));
        for (int i = 0; i < WARM_UP; i++) {
            platform.redeploy(function, "warm-up " + i); // The platform itself is new too.
            platform.invoke(function, "{}");
        }
        var begun = new double[coldStarts];
        var answered = new double[coldStarts];
        var before = phases(platform);
        for (int i = 0; i < coldStarts; i++) {
            platform.redeploy(function, "cold start " + i);
            if (parked) {
                awaitParked(platform, 1, sample);
            }
            Thread.sleep(Duration.ofMillis(100)); // Whatever ended or was parked just now has had its time.
            long start = System.nanoTime();
            long import0 = Long.parseLong(platform.invoke(function, "{}"));
            answered[i] = millis(Duration.ofNanos(System.nanoTime() - start));
            begun[i] = millis(Duration.ofNanos(import0 - start));
        }
        var after = phases(platform);
        var means = new ArrayList<String>();
        for (int i = 0; i < after.length; i++) {
            means.add("%.1f".formatted((after[i] - before[i]) * 1000 / coldStarts));
        }
        out.printf(
                "| %s | %s | %s | %.1f / %.1f | %.1f | %s |%n",
                sandbox,
                sample.label(),
                parked ? "yes" : "no",
                median(begun),
                percentile99(begun),
                median(answered),
                String.join(" / ", means));
    }

    private static double[] phases(Platform platform) throws IOException, InterruptedException {
        var seconds = new double[PHASES.size()];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] =
                    platform.metric("kappa_worker_cold_start_phase_seconds_sum", "phase=\"" + PHASES.get(i) + "\"");
        }
        return seconds;
    }

    private static double percentile99(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(sorted.length * 0.99) - 1];
    }

    private static void awaitParked(Platform platform, int count, Sample sample)
            throws IOException, InterruptedException {
        var label = "runtime=\"" + sample.runtime().family().name().toLowerCase(java.util.Locale.ROOT);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (platform.metric("kappa_worker_warm_parked", label) < count) {
            if (System.nanoTime() > deadline) {
                throw new IOException("fewer than " + count + " runtimes were parked for " + sample.label());
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private void manyAtOnce(Platform platform, String sandbox, Sample sample, boolean parked)
            throws IOException, InterruptedException, ExecutionException {
        platform.create("many", sample, SMALL_MEMORY);
        startAll(platform); // So that the pool knows what is wanted.
        var whole = new double[ROUNDS];
        int waiting = 0;
        for (int round = 0; round < ROUNDS; round++) {
            platform.redeploy("many", "round " + round);
            waiting = parked ? awaitAllParked(platform) : 0;
            whole[round] = startAll(platform);
        }
        row(sandbox, Integer.toString(waiting), median(whole));
        if (sandbox.equals("oci") && !parked) {
            bareContainers(platform);
        }
    }

    /** Until they become no more; returns how many there are. */
    private static int awaitAllParked(Platform platform) throws IOException, InterruptedException {
        int before = -1;
        int now = 0;
        while (now > before) {
            before = now;
            Thread.sleep(Duration.ofSeconds(3));
            now = (int) platform.metric("kappa_worker_warm_parked", "");
        }
        return now;
    }

    private void row(String sandbox, String parked, double wholeMillis) {
        out.printf("| %s | %s | %.0f | %.0f |%n", sandbox, parked, wholeMillis, AT_ONCE * 1000 / wholeMillis);
    }

    /** Milliseconds until the last has begun: each is kept busy, so that every invocation needs an environment of its own. */
    private static double startAll(Platform platform) throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            var calls = new ArrayList<Future<Long>>();
            Callable<Long> call = () -> Long.parseLong(platform.invoke("many", "{\"sleep\":5}"));
            for (int i = 0; i < AT_ONCE; i++) {
                calls.add(threads.submit(call));
            }
            long last = start;
            for (var future : calls) {
                last = Math.max(last, future.get());
            }
            return millis(Duration.ofNanos(last - start));
        }
    }

    /**
     * The OCI runtime alone with the bundle of one of these environments, as many, as many at a time as this machine has processors: the
     * interpreter starts, finds no Runtime API and ends.
     */
    private void bareContainers(Platform platform) throws IOException, InterruptedException, ExecutionException {
        Path configuration;
        try (var files = Files.walk(scratch.resolve("many-ocifalse"), 6)) {
            configuration = files.filter(file -> file.endsWith("config.json"))
                    .findAny()
                    .orElseThrow(() -> new IOException("no environment has left a bundle"));
        }
        var mapper = new ObjectMapper();
        var json = (ObjectNode) mapper.readTree(configuration.toFile());
        platform.close(); // Else its Runtime API would answer.
        var whole = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            var bundles = Files.createDirectories(scratch.resolve("bundles").resolve(Integer.toString(round)));
            var names = new ArrayList<String>();
            for (int i = 0; i < AT_ONCE; i++) {
                names.add("bare-" + round + "-" + i);
                bundle(mapper, json, bundles, names.getLast());
            }
            whole[round] = runContainers(bundles, names);
        }
        row("`crun run` alone, to its end", "", median(whole));
    }

    private static void bundle(ObjectMapper mapper, ObjectNode json, Path bundles, String name) throws IOException {
        var bundle = Files.createDirectories(bundles.resolve(name));
        var own = json.deepCopy();
        own.withObject("/linux").put("cgroupsPath", "/kappa-benchmark/" + name);
        for (var mount : own.withArray("/mounts")) {
            var inside = bundle.resolve(
                    Path.of(mount.path("destination").asText()).getFileName().toString());
            switch (mount.path("destination").asText()) {
                case "/tmp" -> Files.createDirectories(inside);
                case "/etc/passwd" -> Files.writeString(inside, "sbx_user1051:x:900000:990::/:/bin/false\n");
                default -> inside = Path.of(mount.path("source").asText());
            }
            ((ObjectNode) mount).put("source", inside.toString());
        }
        mapper.writeValue(bundle.resolve("config.json").toFile(), own);
    }

    /** Milliseconds until all have ended. */
    private static double runContainers(Path bundles, List<String> names) throws IOException, InterruptedException {
        // crun takes no machine that has both versions of control groups, which the worker hides from it in the same
        // way.
        var script = """
                if grep -q ' cgroup ' /proc/self/mounts; then
                    awk '$3 == "cgroup2" { print $2 }' /proc/self/mounts | xargs -r umount
                fi
                exec xargs -P "$(nproc)" -I NAME crun --cgroup-manager=cgroupfs run --bundle NAME NAME""";
        long start = System.nanoTime();
        var process = new ProcessBuilder("unshare", "--mount", "sh", "-c", script)
                .directory(bundles.toFile())
                .redirectErrorStream(true)
                .start();
        try (var input = process.outputWriter()) {
            input.write(String.join("\n", names));
        }
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        double whole = millis(Duration.ofNanos(System.nanoTime() - start));
        if (printed.split("ConnectionRefusedError").length <= names.size()) {
            throw new IOException("not every container came to its runtime: " + printed);
        }
        return whole;
    }
}
