package io.kappa.runtimes;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The platform's side of the Runtime API, with events as a test gives them and everything that a client posts. */
final class RuntimeApiStandIn implements AutoCloseable {

    /** @param headers further ones of the answer to {@code next} */
    record Event(String requestId, String body, Map<String, String> headers) {}

    /** What a client has posted. Names of headers and trailers are in lower case. */
    record Post(String path, Map<String, String> headers, String body, Map<String, String> trailers) {}

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final CompletableFuture<byte[]> assignment = new CompletableFuture<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Post> posts = new LinkedBlockingQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile String answerToPosts = "202 Accepted";
    private volatile boolean chunked;

    RuntimeApiStandIn() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Tells a parked client which function it is for. */
    void assign(Map<String, String> environment) {
        var block = new StringBuilder();
        environment.forEach(
                (name, value) -> block.append(name).append('=').append(value).append('\0'));
        assignment.complete(block.toString().getBytes(StandardCharsets.UTF_8));
    }

    void give(Event event) {
        events.add(event);
    }

    Post awaitPost() throws InterruptedException {
        return Objects.requireNonNull(posts.poll(30, TimeUnit.SECONDS), "the client has posted nothing");
    }

    int connections() {
        return connections.get();
    }

    void answerPostsWith(String status) {
        answerToPosts = status;
    }

    void sendEventsInChunks() {
        chunked = true;
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var input = new BufferedInputStream(socket.getInputStream());
            while (true) {
                var request = line(input).split(" ");
                var headers = headers(input);
                if (request[1].equals("/kappa/assignment")) {
                    socket.getOutputStream().write(answerAssignment());
                } else if (request[0].equals("GET")) {
                    socket.getOutputStream().write(answer(events.take()));
                } else {
                    posts.add(read(request[1], headers, input));
                    var answer =
                            "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"status\":\"OK\"}"
                                    .formatted(answerToPosts);
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException _) {
            // The client has gone.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] answerAssignment() {
        var block = assignment.join();
        var answer = new ByteArrayOutputStream();
        answer.writeBytes(
                ("HTTP/1.1 200 OK\r\nContent-Length: " + block.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        answer.writeBytes(block);
        return answer.toByteArray();
    }

    private byte[] answer(Event event) {
        var head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", "application/json");
        headers.put("Lambda-Runtime-Aws-Request-Id", event.requestId());
        headers.put("Lambda-Runtime-Deadline-Ms", String.valueOf(System.currentTimeMillis() + 60_000));
        headers.put("Lambda-Runtime-Invoked-Function-Arn", FunctionProcess.ARN);
        headers.putAll(event.headers());
        headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        var answer = new ByteArrayOutputStream();
        var body = event.body().getBytes(StandardCharsets.UTF_8);
        if (chunked && body.length > 1) {
            answer.writeBytes((head + "Transfer-Encoding: chunked\r\n\r\n1\r\n").getBytes(StandardCharsets.UTF_8));
            answer.write(body, 0, 1);
            answer.writeBytes(
                    ("\r\n" + Integer.toHexString(body.length - 1) + "\r\n").getBytes(StandardCharsets.UTF_8));
            answer.write(body, 1, body.length - 1);
            answer.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        } else {
            answer.writeBytes((head + "Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            answer.writeBytes(body);
        }
        return answer.toByteArray();
    }

    private static Post read(String path, Map<String, String> headers, InputStream input) throws IOException {
        if (!"chunked".equals(headers.get("transfer-encoding"))) {
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            return new Post(path, headers, new String(input.readNBytes(length), StandardCharsets.UTF_8), Map.of());
        }
        var body = new ByteArrayOutputStream();
        for (int length = chunkLength(input); length > 0; length = chunkLength(input)) {
            body.write(input.readNBytes(length));
            line(input);
        }
        return new Post(path, headers, body.toString(StandardCharsets.UTF_8), headers(input));
    }

    private static int chunkLength(InputStream input) throws IOException {
        return Integer.parseInt(line(input), 16);
    }

    private static Map<String, String> headers(InputStream input) throws IOException {
        var headers = new LinkedHashMap<String, String>();
        for (var line = line(input); !line.isEmpty(); line = line(input)) {
            var parts = line.split(":", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
        }
        return headers;
    }

    private static String line(InputStream input) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
