package io.kappa.benchmarks;

import io.kappa.runtimes.InstalledRuntime;
import io.kappa.runtimes.RuntimeCatalogue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A {@link FloorServer} in a JVM of its own, and the runtime processes that poll it. */
final class Floor implements AutoCloseable {
    private final RuntimeCatalogue catalogue;
    private final Path scratch;
    private final Process server;
    private final int callerPort;
    private final int runtimePort;
    private final List<Process> runtimes = new ArrayList<>();

    Floor(RuntimeCatalogue catalogue, Path scratch) throws IOException {
        this.catalogue = catalogue;
        this.scratch = scratch;
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        this.server = new ProcessBuilder(
                        java,
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FloorServer.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        var ports = out.readLine();
        if (ports == null) {
            throw new IOException("the floor did not start");
        }
        this.callerPort = Integer.parseInt(ports.substring(0, ports.indexOf(' ')));
        this.runtimePort = Integer.parseInt(ports.substring(ports.indexOf(' ') + 1));
    }

    int port() {
        return callerPort;
    }

    long pid() {
        return server.pid();
    }

    /** Starts as many runtime processes of the sample as there are callers, and waits until each has answered. */
    void serve(Sample sample, int processes) throws IOException, InterruptedException {
        stopRuntimes();
        for (int i = 0; i < processes; i++) {
            startRuntime(sample, "floor-" + i);
        }
        new Load(callerPort, "floor", "{}").run(processes, Duration.ofMillis(500));
    }

    /** How long from starting a runtime process until it has answered its first event, with nothing of the platform around it. */
    Duration firstAnswer(Sample sample) throws IOException {
        stopRuntimes();
        var load = new Load(callerPort, "floor", "{}");
        var directory = sample.unpack(scratch.resolve("first"));
        long start = System.nanoTime();
        runtimes.add(start(sample, directory));
        load.once();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void startRuntime(Sample sample, String name) throws IOException {
        runtimes.add(start(sample, sample.unpack(scratch.resolve(name))));
    }

    private Process start(Sample sample, Path directory) throws IOException {
        InstalledRuntime runtime = catalogue.find(sample.runtime()).orElseThrow();
        var environment = Map.of(
                "AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + runtimePort,
                "_HANDLER", sample.handler(),
                "LAMBDA_TASK_ROOT", directory.toString(),
                "LAMBDA_RUNTIME_DIR", catalogue.directory().toString(),
                "AWS_LAMBDA_FUNCTION_NAME", "floor",
                "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512",
                "AWS_LAMBDA_LOG_GROUP_NAME", "floor",
                "AWS_LAMBDA_LOG_STREAM_NAME", "floor",
                "AWS_REGION", "us-east-1");
        var start = runtime.commandLine()
                .start(directory.toString(), catalogue.directory().toString(), "/opt", 512, sample.handler(), Map.of());
        var process = new ProcessBuilder(start.command())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        process.environment().clear();
        process.environment().putAll(start.environment());
        process.environment().putAll(environment);
        return process.start();
    }

    private void stopRuntimes() {
        for (var process : runtimes) {
            process.destroyForcibly();
            process.onExit().join();
        }
        runtimes.clear();
    }

    @Override
    public void close() throws IOException {
        stopRuntimes();
        server.getOutputStream().close();
        server.onExit().join();
    }
}
