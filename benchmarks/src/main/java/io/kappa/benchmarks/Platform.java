package io.kappa.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The whole platform as a user starts it: {@code ./kappa start} in a process of its own, spoken to over the Lambda API. */
final class Platform implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private static final String MAPPINGS = "/2015-03-31/event-source-mappings";
    private static final Pattern SETTLED =
            Pattern.compile("^kappa_mapping_committed_event_count_total\\{([^}]*)} (\\S+)$", Pattern.MULTILINE);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Process process;
    private final int port;
    private final int managementPort;
    private final int kafkaPort;
    private final Duration startUp;

    /** Starts the platform and waits until it says that it is ready. */
    Platform(Path repository, Path data, List<String> settings) throws IOException, InterruptedException {
        this.port = freePort();
        this.managementPort = freePort();
        this.kafkaPort = freePort();
        var command = new ArrayList<>(List.of(
                repository.resolve("kappa").toString(),
                "start",
                "--data",
                data.toString(),
                "--port",
                Integer.toString(port),
                "--management-port",
                Integer.toString(managementPort),
                "--kafka-port",
                Integer.toString(kafkaPort),
                "--set",
                "router.account.concurrent-executions=100000")); // No rate limit, since throughput is measured.
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        long start = System.nanoTime();
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(data.resolveSibling(data.getFileName() + ".log").toFile())
                .start();
        try {
            awaitReady();
        } catch (IOException | InterruptedException e) {
            process.descendants().forEach(ProcessHandle::destroy); // It may be building still.
            process.destroy();
            throw e;
        }
        this.startUp = Duration.ofNanos(System.nanoTime() - start);
    }

    int port() {
        return port;
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    /** A page of the management port, as JSON. */
    JsonNode managed(String path) throws IOException, InterruptedException {
        return json.readTree(page(path));
    }

    private String page(String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** What an operator asks of the async queue. */
    void act(Map<String, Object> action) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort + "/v1/async-queue/actions"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(action)))
                .build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 202) {
            throw new IOException("an action was answered " + response.statusCode() + ": " + response.body());
        }
    }

    /** Process id of the platform's JVM: the launcher becomes it. */
    long pid() {
        return process.pid();
    }

    /** From starting the launcher until {@code /health/ready} answers 200. */
    Duration startUp() {
        return startUp;
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new IOException("the platform ended with status " + process.exitValue());
            }
            try {
                var request =
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/health/ready"));
                if (http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        throw new IOException("the platform was not ready after " + PATIENCE);
    }

    /** Creates the sample as a function and waits until it is active. */
    void create(String function, Sample sample, int memoryMegabytes) throws IOException, InterruptedException {
        var body = Map.of(
                "FunctionName",
                function,
                "Runtime",
                sample.runtime().wireName(),
                "Handler",
                sample.handler(),
                "Role",
                "arn:aws:iam::000000000000:role/benchmark",
                "MemorySize",
                memoryMegabytes,
                "Timeout",
                60,
                "Code",
                Map.of("ZipFile", Base64.getEncoder().encodeToString(sample.zip())));
        send("POST", "/2015-03-31/functions", body, 201);
        awaitSettled(function);
    }

    /** Changes the function's configuration, so that its next invocation needs a new execution environment. */
    void redeploy(String function, String description) throws IOException, InterruptedException {
        send("PUT", "/2015-03-31/functions/" + function + "/configuration", Map.of("Description", description), 200);
        awaitSettled(function);
    }

    private void awaitSettled(String function) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            var configuration = send("GET", "/2015-03-31/functions/" + function + "/configuration", null, 200);
            if (configuration.path("State").asText().equals("Active")
                    && configuration.path("LastUpdateStatus").asText().equals("Successful")) {
                return;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        throw new IOException("function " + function + " did not become active");
    }

    /** Invokes once and returns the tail of the log, which ends with the REPORT line. */
    String invokeForLog(String function) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/2015-03-31/functions/" + function + "/invocations"))
                .header("X-Amz-Log-Type", "Tail")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofString());
        var log = response.headers().firstValue("X-Amz-Log-Result").orElse("");
        return new String(Base64.getDecoder().decode(log), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Invokes once and returns what the function returned. */
    String invoke(String function, String payload) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/2015-03-31/functions/" + function + "/invocations"))
                .POST(HttpRequest.BodyPublishers.ofString(payload))
                .build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200
                || response.headers().firstValue("X-Amz-Function-Error").isPresent()) {
            throw new IOException("an invocation was answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    /**
     * Sum of a metric's values.
     *
     * @param name with its labels, as far as they matter: a part of the line
     */
    double metric(String name, String label) throws IOException, InterruptedException {
        return page("/metrics")
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /**
     * Has a function called with a topic's records, and waits until they are read.
     *
     * @param options of the mapping, on top of what every mapping needs
     * @return the mapping's UUID
     */
    String map(String function, String topic, Map<String, Object> options) throws IOException, InterruptedException {
        var request = new HashMap<String, Object>(Map.of(
                "FunctionName",
                function,
                "Topics",
                List.of(topic),
                "StartingPosition",
                "TRIM_HORIZON",
                "MaximumBatchingWindowInSeconds",
                0,
                "SourceAccessConfigurations",
                List.of(),
                "SelfManagedEventSource",
                Map.of("Endpoints", Map.of("KAFKA_BOOTSTRAP_SERVERS", List.of(bootstrapServers())))));
        request.putAll(options);
        var uuid = send("POST", MAPPINGS, request, 202).path("UUID").asText();
        awaitMapping(() -> send("GET", MAPPINGS + "/" + uuid, null, 200)
                .path("State")
                .asText()
                .equals("Enabled"));
        return uuid;
    }

    /** Deletes a mapping, and waits until nobody reads for it. */
    void unmap(String uuid) throws IOException, InterruptedException {
        send("DELETE", MAPPINGS + "/" + uuid, null, 202);
        awaitMapping(() -> {
            for (var mapping : send("GET", MAPPINGS, null, 200).path("EventSourceMappings")) {
                if (mapping.path("UUID").asText().equals(uuid)) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Something that may be true of a mapping. */
    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private static void awaitMapping(Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("an event source mapping did not come to what was asked of it");
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    /** How many of a mapping's records need not be read again. */
    long settled(String uuid) throws IOException, InterruptedException {
        return SETTLED.matcher(page("/metrics"))
                .results()
                .filter(found -> found.group(1).contains("mapping=\"" + uuid + "\""))
                .mapToLong(found -> (long) Double.parseDouble(found.group(2)))
                .sum();
    }

    private JsonNode send(String method, String path, @org.jspecify.annotations.Nullable Object body, int expected)
            throws IOException, InterruptedException {
        var publisher = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body));
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, publisher)
                .build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != expected) {
            throw new IOException(method + " " + path + " answered " + response.statusCode() + ": " + response.body());
        }
        return json.readTree(response.body());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    /** SIGKILL: no drain, no flush. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
