package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.platform.OneService.Part;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;

/**
 * The platform as it runs in earnest: a broker and services, each a process of its own, on ports and directories that stay its own when it is
 * killed and comes back.
 */
final class SeparateProcesses implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a killed router was lent is missed for less time than by default. */
    static final Duration LEASE = Duration.ofSeconds(2);

    private final Path data;
    private final int kafkaPort = RunningPlatform.freePort();
    private final Map<Part, Integer> routerPorts = Map.of(
            Part.ROUTER, RunningPlatform.freePort(),
            Part.SECOND_ROUTER, RunningPlatform.freePort(),
            Part.THIRD_ROUTER, RunningPlatform.freePort());
    private final List<String> settings;
    private final Map<Part, Running> running = new EnumMap<>(Part.class);
    private int startsInVain;

    /** One of the processes, whichever incarnation of it is the current one. */
    private final class Running {
        private final Part part;
        private final int managementPort = RunningPlatform.freePort();
        private final File log;
        private @Nullable Process process;

        Running(Part part) throws IOException {
            this.part = part;
            this.log = data.resolve(part + ".log").toFile();
        }

        void start() throws IOException {
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx384m",
                    // What the services say of themselves, which the configuration for tests would keep quiet.
                    "-Dlogback.configurationFile=logback.xml",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    OneService.class.getName(),
                    part.name(),
                    "management.port=" + managementPort,
                    "kafka.bootstrap-servers=127.0.0.1:" + kafkaPort));
            var own = data.resolve(part.name());
            command.addAll(
                    switch (part) {
                        case BROKER -> List.of("broker.directory=" + own, "broker.port=" + kafkaPort);
                        case ROUTER, SECOND_ROUTER, THIRD_ROUTER ->
                            List.of(
                                    "router.state-directory=" + own,
                                    "encryption.key-file=" + data.resolve("encryption.keys"),
                                    "router.port=" + routerPorts.get(part),
                                    "router.admission.lease=" + LEASE.toMillis() + "ms");
                        case WORKER, SECOND_WORKER ->
                            List.of(
                                    "worker.directory=" + own,
                                    "encryption.key-file=" + data.resolve("encryption.keys"));
                        case ASYNC_QUEUE ->
                            List.of("async-queue.state-directory=" + own, "async-queue.routers=" + endpoint());
                        case MAPPER, SECOND_MAPPER ->
                            List.of("mapper.secrets-directory=" + own, "mapper.routers=" + endpoint());
                        case DEAD_LETTERS -> List.of("dead-letters.state-directory=" + own);
                    });
            var prefix = part.name()
                            .replaceFirst("^(SECOND|THIRD)_", "")
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '-')
                    + ".";
            settings.stream().filter(setting -> setting.startsWith(prefix)).forEach(command::add);
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                    .start();
        }

        Process process() {
            return Objects.requireNonNull(process, part + " was never started");
        }

        void awaitReady() {
            Waiting.until(PATIENCE, () -> {
                if (!process().isAlive()) {
                    startsInVain++;
                    startAgain();
                }
                return status("/health/ready") == 200;
            });
        }

        private void startAgain() {
            try {
                start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Has the JVM print them to its log, and waits until it has. */
        void printStacks() {
            try {
                signal(part, "QUIT");
                Waiting.until(PATIENCE, () -> printed("Full thread dump") && printed("JNI global refs"));
            } catch (IOException | AssertionError e) {
                LoggerFactory.getLogger(SeparateProcesses.class).warn("{} does not print its stacks", part, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean printed(String text) {
            try {
                return Files.readString(log.toPath()).contains(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        int status(String path) {
            try {
                return get(URI.create("http://127.0.0.1:" + managementPort + path))
                        .statusCode();
            } catch (IOException e) {
                return 0; // Nothing listens there, or no longer.
            }
        }
    }

    /** @param settings of the parts, as {@code key=value}; each goes to the part that its key starts with */
    private SeparateProcesses(Path data, Set<Part> parts, List<String> settings) throws IOException {
        this.data = data;
        this.settings = settings;
        for (var part : parts) {
            running.put(part, new Running(part));
        }
    }

    /** Starts them all, and waits until all are ready. */
    static SeparateProcesses start(Path data, Set<Part> parts, String... settings) throws IOException {
        var processes = new SeparateProcesses(data, parts, List.of(settings));
        try {
            processes.start(Part.BROKER);
            processes.awaitReady(Part.BROKER);
            for (var part : parts) {
                if (part != Part.BROKER) {
                    processes.start(part);
                }
            }
            processes.awaitAllReady();
        } catch (AssertionError e) {
            var said = processes.outputWithStacks();
            processes.close();
            throw new AssertionError(said, e);
        } catch (IOException | RuntimeException | Error e) {
            processes.close();
            throw e;
        }
        return processes;
    }

    private Running of(Part part) {
        return Objects.requireNonNull(running.get(part));
    }

    void start(Part part) throws IOException {
        of(part).start();
    }

    void awaitReady(Part part) {
        of(part).awaitReady();
    }

    void awaitAllReady() {
        running.values().forEach(Running::awaitReady);
    }

    /** SIGKILL: no drain, no flush, no farewell. Fails where the process has ended by itself before. */
    void kill(Part part) {
        var process = of(part).process();
        assertThat(process.isAlive())
                .as("%s lives until it is killed; see %s", part, of(part).log)
                .isTrue();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGTERM, and waits for the end. Returns the exit status. */
    int terminate(Part part) {
        var process = of(part).process();
        process.destroy();
        return process.onExit().join().exitValue();
    }

    /** SIGSTOP: the process stands still, and knows nothing of it. */
    void pause(Part part) throws IOException, InterruptedException {
        signal(part, "STOP");
    }

    /** Lets a process that was paused go on. */
    void goOn(Part part) throws IOException, InterruptedException {
        signal(part, "CONT");
    }

    private void signal(Part part, String signal) throws IOException, InterruptedException {
        var pid = Long.toString(of(part).process().pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid)
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    /** How often a process ended while it started, because something that it needs was not there, and was started again. */
    int startsInVain() {
        return startsInVain;
    }

    /** Parts that say of themselves that they must be started anew. */
    List<Part> notAlive() {
        return running.values().stream()
                .filter(one -> one.status("/health/live") != 200)
                .map(one -> one.part)
                .toList();
    }

    /** A page of a part's management port, as JSON; nothing where it does not answer. */
    JsonNode management(Part part, String path) {
        try {
            return JSON.readTree(page(part, path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a part counts, as Prometheus reads it. */
    String metrics(Part part) {
        return page(part, "/metrics");
    }

    private String page(Part part, String path) {
        try {
            return get(URI.create("http://127.0.0.1:" + of(part).managementPort + path))
                            .body() + "\n";
        } catch (IOException e) {
            return "\"" + e.getClass().getSimpleName() + "\"\n";
        }
    }

    private static HttpResponse<String> get(URI uri) throws IOException {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    URI endpoint() {
        return endpoint(Part.ROUTER);
    }

    URI endpoint(Part router) {
        return URI.create("http://127.0.0.1:" + routerPorts.get(router));
    }

    String kafkaBootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    LambdaClient lambda() {
        return LambdaClient.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
    }

    /** As {@link #output}, with what each thread of each part is doing: for parts that do nothing although they should. */
    String outputWithStacks() {
        for (var one : running.values()) {
            var process = one.process;
            if (process != null && process.isAlive()) {
                one.printStacks();
            }
        }
        return output(2000);
    }

    /** The last lines of what each part has printed, for whoever has to find out what went wrong. */
    String output() {
        return output(60);
    }

    private String output(int linesOfEach) {
        var text = new StringBuilder();
        if (running.containsKey(Part.ASYNC_QUEUE)) {
            text.append(page(Part.ASYNC_QUEUE, "/v1/async-queue/summary"));
            text.append(page(Part.ASYNC_QUEUE, "/v1/async-queue/queues"));
            text.append(page(Part.ASYNC_QUEUE, "/v1/async-queue/events?limit=5"));
        }
        for (var one : running.values()) {
            try {
                var lines = Files.readAllLines(one.log.toPath());
                text.append("==== ").append(one.part).append('\n');
                lines.stream()
                        .skip(Math.max(0, lines.size() - linesOfEach))
                        .forEach(line -> text.append(line).append('\n'));
            } catch (IOException e) {
                text.append(e).append('\n');
            }
        }
        return text.toString();
    }

    /** SIGTERM to all, the broker last. */
    @Override
    public void close() {
        var parts = new ArrayList<>(running.keySet());
        parts.remove(Part.BROKER);
        parts.add(Part.BROKER);
        for (var part : parts) {
            var process = of(part).process;
            if (process != null) {
                end(process);
            }
        }
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.onExit().join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
