package io.kappa.deadletters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.Health;
import io.kappa.kit.management.ManagementServer;
import io.kappa.kit.management.ManagementSettings;
import io.kappa.kit.management.ProcessMetrics;
import io.kappa.kit.settings.Settings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The service as a process runs it, asked over HTTP. */
final class RunningService implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Lifecycle lifecycle = new Lifecycle();
    private final HttpClient client = lifecycle.own(HttpClient.newHttpClient());
    private final Health health = new Health();
    private final ManagementServer management;

    /** Returns at once. */
    RunningService(KafkaSettings kafka, Path stateDirectory, String id) throws IOException, InterruptedException {
        var vertx = Vertx.vertx();
        lifecycle.own(
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
        var metrics = lifecycle.own(new ProcessMetrics());
        management = lifecycle.own(
                ManagementServer.start(vertx, new ManagementSettings("127.0.0.1", 0), health, metrics.registry()));
        var settings = DeadLetterServiceSettings.from(
                new Settings(Map.of("dead-letters.id", id, "dead-letters.state-directory", stateDirectory.toString())));
        var _ = DeadLetterService.assemble(
                settings,
                kafka,
                new ServiceContext(vertx, lifecycle, metrics.registry(), health, management.api(), Clock.systemUTC()));
    }

    /** Returns once the service is ready. */
    static RunningService start(KafkaSettings kafka, Path stateDirectory, String id) throws Exception {
        var service = new RunningService(kafka, stateDirectory, id);
        Waiting.until(service.health::unready, List::isEmpty);
        Waiting.until(() -> service.send("GET", "/v1/dead-letters/counts", ""), answer -> answer.statusCode() == 200);
        return service;
    }

    HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        return client.send(request(method, path, body), BodyHandlers.ofString());
    }

    HttpResponse<byte[]> bytes(String path) throws IOException, InterruptedException {
        return client.send(request("GET", path, ""), BodyHandlers.ofByteArray());
    }

    private HttpRequest request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management.port() + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(expected(200, send("GET", path, "")));
    }

    JsonNode post(String path, String body) throws IOException, InterruptedException {
        return JSON.readTree(expected(202, send("POST", path, body)));
    }

    private static String expected(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
