package io.kappa.kit.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.kit.lifecycle.Lifecycle;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
    private final Lifecycle lifecycle = new Lifecycle();
    private final Health health = new Health();
    private final ProcessMetrics metrics = lifecycle.own(new ProcessMetrics());
    private final Vertx vertx = Vertx.vertx();
    private ManagementServer server;

    @BeforeEach
    void start() throws IOException {
        lifecycle.own(
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
        server = lifecycle.own(
                ManagementServer.start(vertx, new ManagementSettings("127.0.0.1", 0), health, metrics.registry()));
    }

    @AfterEach
    void stop() {
        lifecycle.close();
    }

    @Test
    void answers200WhileAllIsWell() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/live").body()).isEqualTo("{\"live\":true,\"problems\":[]}\n");
        assertThat(get("/health/ready").body()).isEqualTo("{\"ready\":true,\"problems\":[]}\n");
    }

    @Test
    void answers503WithEveryProblemOtherwise() throws Exception {
        // given
        health.readyWhen("registry", () -> Optional.of("reading"));
        health.aliveWhile("kafka", () -> Optional.of("log directory failed"));
        // then
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready").body()).isEqualTo("{\"ready\":false,\"problems\":[\"registry: reading\"]}\n");
        assertThat(get("/health/live").statusCode()).isEqualTo(503);
        assertThat(get("/health/live").body()).contains("kafka: log directory failed");
    }

    @Test
    void servesMetricsAsPrometheusReadsThem() throws Exception {
        // given
        metrics.registry().counter("kappa.invocations", "outcome", "succeeded").increment();
        // when
        var answer = get("/metrics");
        // then
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(answer.body())
                .contains("kappa_invocations_total{outcome=\"succeeded\"} 1.0")
                .contains("jvm_memory_used_bytes")
                .contains("process_cpu_usage");
    }

    @Test
    void anUnknownPageIsAnsweredWithTheOnesThatThereAre() throws Exception {
        var answer = get("/healthz");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("/health/live");
    }

    @Test
    void onlyReads() throws Exception {
        var post = HttpRequest.newBuilder(page("/health/live"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(send(post).statusCode()).isEqualTo(405);
    }

    @Test
    void aTakenPortIsNamedInOneLine() {
        assertThatThrownBy(() -> ManagementServer.start(
                        vertx, new ManagementSettings("127.0.0.1", server.port()), health, metrics.registry()))
                .isInstanceOf(IOException.class)
                .hasMessage("port " + server.port() + " is in use, so the management pages cannot be served");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(page(path)).build());
    }

    private URI page(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
