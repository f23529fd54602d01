package io.kappa.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.telemetry.Subscription.Destination;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VertxTelemetryTransportTest {
    private static final Vertx VERTX = Vertx.vertx();

    private final TelemetryTransport transport = new VertxTelemetryTransport(VERTX, "127.0.0.1");
    private final BlockingQueue<String> came = new LinkedBlockingQueue<>();

    @AfterAll
    static void stopVertx() {
        VERTX.close().await();
    }

    @AfterEach
    void closeTransport() {
        transport.close();
    }

    private static boolean taken(CompletionStage<Void> sent) throws Exception {
        return sent.handle((_, problem) -> problem == null)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @Test
    void postsAnArrayAndSeesWhetherItIsTaken() throws Exception {
        var status = new int[] {204};
        var server = VERTX.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    came.add(request.method() + " " + request.uri() + " " + request.getHeader("Host") + " "
                            + request.getHeader("Content-Type") + " " + body);
                    request.response().setStatusCode(status[0]).end();
                }))
                .listen(0, "127.0.0.1")
                .await();
        var to = new Destination.Http(server.actualPort(), "/path?x=1");

        assertThat(taken(transport.send(to, List.of("{\"a\":1}", "{\"b\":2}")))).isTrue();
        assertThat(came.poll(20, TimeUnit.SECONDS))
                .isEqualTo("POST /path?x=1 sandbox.localdomain:" + server.actualPort()
                        + " application/json [{\"a\":1},{\"b\":2}]");
        status[0] = 500;
        assertThat(taken(transport.send(to, List.of("{}")))).isFalse();
        server.close().await();
        assertThat(taken(transport.send(to, List.of("{}")))).isFalse();
    }

    @Test
    void writesALineForEachEventToOneConnection() throws Exception {
        var connections = new LinkedBlockingQueue<String>();
        var server = VERTX.createNetServer()
                .connectHandler(socket -> {
                    connections.add("one");
                    socket.handler(bytes -> bytes.toString().lines().forEach(came::add));
                })
                .listen(0, "127.0.0.1")
                .await();
        var to = new Destination.Tcp(server.actualPort());

        assertThat(taken(transport.send(to, List.of("{\"a\":1}", "{\"b\":2}")))).isTrue();
        assertThat(taken(transport.send(to, List.of("{\"c\":3}")))).isTrue();

        assertThat(came.poll(20, TimeUnit.SECONDS)).isEqualTo("{\"a\":1}");
        assertThat(came.poll(20, TimeUnit.SECONDS)).isEqualTo("{\"b\":2}");
        assertThat(came.poll(20, TimeUnit.SECONDS)).isEqualTo("{\"c\":3}");
        assertThat(connections).hasSize(1);
        server.close().await();
    }
}
