package io.kappa.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** The standalone platform as users run it: a process of its own, on free ports, with a data directory that outlives it. */
final class RunningPlatform implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final int FIRST_PORT = 10_000;
    private static final int PORTS = 20_000;
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 1000));

    private static @Nullable RunningPlatform shared;

    private final Path data;
    private final Process process;
    private final int port;
    private final int managementPort;
    private final int kafkaPort;
    private final Path output;

    private RunningPlatform(Path data, List<String> settings) throws IOException {
        this.data = data;
        this.port = freePort();
        this.managementPort = freePort();
        this.kafkaPort = freePort();
        this.output = Files.createTempFile(data, "platform", ".log");
        var command = new ArrayList<>(command());
        command.addAll(List.of("start", "--data", data.toString()));
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(List.of("--management-port", Integer.toString(managementPort)));
        command.addAll(List.of("--kafka-port", Integer.toString(kafkaPort)));
        var criu = System.getenv("WORKER_SANDBOX_CRIU"); // Where the one that is installed does not match the kernel.
        if (criu != null) {
            command.addAll(List.of("--set", "worker.sandbox.criu=" + criu));
        }
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** The command that runs Kappa's main class with the classes under test. */
    static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.kappa.standalone.Kappa");
    }

    /** The platform that tests share that do not stop it. Started by the first that asks, stopped with this JVM. */
    static synchronized RunningPlatform shared() {
        if (shared == null) {
            try {
                var data = Files.createTempDirectory("kappa-platform-tests");
                var platform = start(data);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    platform.close();
                    deleteTree(data);
                }));
                shared = platform;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return shared;
    }

    /**
     * Starts the platform and waits until it is ready.
     *
     * @param settings as {@code key=value}
     */
    static RunningPlatform start(Path data, String... settings) throws IOException {
        var platform = new RunningPlatform(data, Arrays.asList(settings));
        try {
            platform.awaitReady();
        } catch (IOException | RuntimeException e) {
            platform.kill();
            throw e;
        }
        return platform;
    }

    private void awaitReady() throws IOException {
        Waiting.until(PATIENCE, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "the platform ended with status " + process.exitValue() + ":\n" + output());
            }
            return managementStatus("/health/ready") == 200;
        });
    }

    /** Status of a page of the management port; 0 while nothing listens there. */
    int managementStatus(String path) {
        try {
            return get(URI.create("http://127.0.0.1:" + managementPort + path)).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    String managementPage(String path) throws IOException {
        return get(URI.create("http://127.0.0.1:" + managementPort + path)).body();
    }

    /** What the management port answers to something that an operator asks of it. */
    HttpResponse<String> managementPost(String path, String json) throws IOException {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    private static HttpResponse<String> get(URI uri) throws IOException {
        return send(HttpRequest.newBuilder(uri).build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    int managementPort() {
        return managementPort;
    }

    String kafkaBootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    Path data() {
        return data;
    }

    Process process() {
        return process;
    }

    /** A new AWS SDK client for this platform. */
    LambdaClient lambda() {
        return LambdaClient.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .overrideConfiguration(o -> o.retryStrategy(software.amazon.awssdk.core.retry.RetryMode.STANDARD))
                .build();
    }

    /** Everything that the platform has printed. */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL: no drain, no flush, no farewell. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGTERM, and waits for the end. Returns the exit status. */
    int terminate() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                kill();
                throw new IllegalStateException("did not end after SIGTERM:\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        terminate();
    }

    /**
     * A port for a process that is still to be started, and that may come back to it later. Not one of those that the kernel gives to
     * connections, any of which could have it by then; and another for each test JVM that runs beside this one.
     */
    static int freePort() {
        while (true) {
            int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (var _ = new ServerSocket(port)) {
                return port;
            } catch (IOException e) {
                // Taken, so the next.
            }
        }
    }

    static void deleteTree(Path directory) {
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
