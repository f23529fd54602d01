package io.kappa.worker.telemetry;

import io.kappa.worker.telemetry.Subscription.Destination;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Posts to listeners, or writes to them line by line. Opens nothing before it is first used. On one event loop. */
public final class VertxTelemetryTransport implements TelemetryTransport {
    private static final int CONNECT_MILLIS = 1_000;

    private final Vertx vertx;
    private final String host;
    private final Map<Integer, NetSocket> sockets = new HashMap<>();
    private @Nullable HttpClient http;
    private @Nullable NetClient tcp;

    /** @param host by which this machine reaches what listens in the sandbox */
    public VertxTelemetryTransport(Vertx vertx, String host) {
        this.vertx = vertx;
        this.host = host;
    }

    @Override
    public CompletionStage<Void> send(Destination destination, List<String> events) {
        return switch (destination) {
            case Destination.Http(int port, var path) -> post(port, path, "[" + String.join(",", events) + "]");
            case Destination.Tcp(int port) -> write(port, String.join("\n", events) + "\n");
        };
    }

    private CompletionStage<Void> post(int port, String path, String body) {
        if (http == null) {
            http = vertx.httpClientBuilder()
                    .with(new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS))
                    .withConnectHandler(connection -> connection.exceptionHandler(_ -> {})) // Listeners are killed.
                    .build();
        }
        return http.request(HttpMethod.POST, port, host, path)
                .compose(request -> request.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                        .putHeader(HttpHeaders.HOST, "sandbox.localdomain:" + port)
                        .send(body))
                .compose(response -> response.end()
                        .compose(_ -> response.statusCode() / 100 == 2
                                ? Future.<Void>succeededFuture()
                                : Future.failedFuture(new IOException("answered " + response.statusCode()))))
                .toCompletionStage();
    }

    private CompletionStage<Void> write(int port, String lines) {
        var known = sockets.get(port);
        if (known != null) {
            return known.write(lines).toCompletionStage();
        }
        if (tcp == null) {
            tcp = vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_MILLIS));
        }
        return tcp.connect(port, host)
                .compose(socket -> {
                    sockets.put(port, socket);
                    socket.closeHandler(_ -> sockets.remove(port, socket))
                            .exceptionHandler(_ -> {})
                            .handler(_ -> {});
                    return socket.write(lines);
                })
                .toCompletionStage();
    }

    @Override
    public void close() {
        if (http != null) {
            http.close();
        }
        if (tcp != null) {
            tcp.close();
        }
    }
}
