package io.kappa.worker.runtimeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever else a function's code sends to the Runtime API while it runs, its invocation goes on and ends by its own answer alone. */
class MalformedRuntimeRequestsTest {
    private static final long SEED = Long.getLong("kappa.malformed.seed", 1);
    private static final int REQUESTS = Integer.getInteger("kappa.malformed.requests", 300);

    private static final Vertx VERTX = Vertx.vertx();
    private static final String API = "/2018-06-01/runtime/";
    private static final String MINE = API + "invocation/id-1/response";

    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "x", "", "POST POST", "\u0001");
    private static final List<String> PATHS = List.of(
            API + "invocation/other/response",
            API + "invocation/other/error",
            API + "invocation/id-1",
            API + "invocation/id-1/",
            API + "invocation/id-1/response/",
            API + "invocation/id-1/response?x=1",
            API + "invocation//response",
            API + "invocation/id%2D1/response",
            API + "invocation/id-1%00/response",
            API + "invocation/../invocation/id-1/response",
            API + "invocation/id-1/id-1/error",
            API + "invocation/" + "i".repeat(3000) + "/response",
            API + "invocation/response",
            API + "invocation/error",
            API + "init/error",
            API + "restore/next",
            API + "restore/error",
            API + "invocation/next/",
            "/kappa/assignment",
            "//" + MINE,
            "http://elsewhere.test" + MINE,
            "*",
            "/",
            "",
            "\u00ff",
            "/" + "p".repeat(20_000));
    private static final List<String> HEADERS = List.of(
            "Content-Length: -1",
            "Content-Length: x",
            "Content-Length: 99999999999999999999",
            "Content-Length: 3",
            "Content-Length: 3\r\nContent-Length: 4",
            "Content-Length: 3\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: chunked, chunked",
            "Expect: something",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13",
            "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAA",
            "Lambda-Runtime-Function-Response-Mode: backwards",
            "Lambda-Runtime-Function-Error-Type: \u00e4\u00f6",
            "No colon",
            ": no name",
            "X: " + "x".repeat(200_000),
            "X: y\r\n folded");
    private static final List<String> BODIES = List.of(
            "", "abc", "zz\r\n", "3\r\nabc\r\n", "3\r\nabc\r\n0\r\nX: y\r\n\r\n", "ffffffffffffffff\r\n", "\0\0\0");

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Context context = VERTX.getOrCreateContext();
    private RuntimeApi api;
    private RuntimeClient runtime;

    @AfterAll
    static void stopVertx() {
        VERTX.close().await();
    }

    @BeforeEach
    void runAnInvocation() throws Exception {
        var opened = new CompletableFuture<RuntimeApi>();
        context.runOnContext(_ ->
                RuntimeApiEndpoint.open(VERTX, new Recorder()).onComplete(result -> opened.complete(result.result())));
        api = opened.get(20, TimeUnit.SECONDS);
        onLoop(api::expectRuntime);
        runtime = new RuntimeClient(api.address());
        runtime.askNext();
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("polled");
        onLoop(() -> api.give(new InvocationEvent("id-1", 1, "arn", "", "", "", "", Buffer.buffer("{}"), false)));
        assertThat(runtime.read().status()).isEqualTo(200);
    }

    @AfterEach
    void closeEndpoint() throws Exception {
        runtime.close();
        onLoop(api::close);
    }

    @Test
    void noRequestButItsAnswerEndsAnInvocation() throws Exception {
        for (int i = 0; i < REQUESTS; i++) {
            long seed = SEED * 1_000_003 + i;
            var request = request(new Random(seed));
            var shown = "seed " + seed + ": " + (request.length() > 1000 ? request.substring(0, 1000) : request);
            var answer = answer(request);
            assertThat(answer).as(shown).matches("(?s)|HTTP/1.[01] [14]\\d\\d .*");
            assertThat(heard).as(shown).isEmpty();
        }

        assertThat(runtime.respond("id-1", "done").status()).isEqualTo(202);
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("responded done");
    }

    private static String request(Random random) {
        var path = any(random, PATHS);
        var text = any(random, METHODS) + " " + path
                + any(random, List.of(" HTTP/1.1", " HTTP/1.1", " HTTP/1.0", " HTTP/9", "")) + "\r\n";
        for (int i = random.nextInt(3); i > 0; i--) {
            text += any(random, HEADERS) + "\r\n";
        }
        text += "\r\n" + any(random, BODIES);
        return random.nextInt(8) == 0 ? text.substring(0, random.nextInt(text.length())) : text;
    }

    private static <T> T any(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** All that comes back until the connection is over; nothing where it is just closed. */
    private String answer(String request) throws IOException {
        int port = Integer.parseInt(api.address().substring(api.address().indexOf(':') + 1));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketException e) {
                return ""; // Closed while the request was still being sent.
            }
        }
    }

    private void onLoop(Runnable task) throws Exception {
        var done = new CompletableFuture<Void>();
        context.runOnContext(_ -> {
            task.run();
            done.complete(null);
        });
        done.get(20, TimeUnit.SECONDS);
    }

    private final class Recorder implements RuntimeListener {
        @Override
        public void polled() {
            heard.add("polled");
        }

        @Override
        public void responded(Buffer result) {
            heard.add("responded " + result);
        }

        @Override
        public void responding(String contentType, PartDemand demand) {
            heard.add("responding");
        }

        @Override
        public void part(Buffer part) {
            heard.add("part");
        }

        @Override
        public void failed(ReportedError error) {
            heard.add("failed");
        }

        @Override
        public void responseTooLarge(int most) {
            heard.add("too large");
        }

        @Override
        public void initFailed(ReportedError error) {
            heard.add("init failed");
        }
    }
}
