package io.kappa.worker.runtimeapi;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A runtime's side of the Runtime API on one kept connection: HTTP/1.1 as far as it is needed, nothing hidden. */
public final class RuntimeClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    /** @param headers by lower-case name */
    public record Answer(int status, Map<String, String> headers, String body) {}

    public RuntimeClient(String address) throws IOException {
        int colon = address.indexOf(':');
        socket = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    public Answer next() throws IOException {
        askNext();
        return read();
    }

    /** Asks for the next event without waiting for it. */
    public void askNext() throws IOException {
        send("GET", "/2018-06-01/runtime/invocation/next", Map.of(), new byte[0]);
    }

    public Answer respond(String requestId, String body) throws IOException {
        return post("/2018-06-01/runtime/invocation/" + requestId + "/response", Map.of(), body);
    }

    public Answer fail(String requestId, String errorType, String body) throws IOException {
        return post(
                "/2018-06-01/runtime/invocation/" + requestId + "/error",
                Map.of("Lambda-Runtime-Function-Error-Type", errorType),
                body);
    }

    public Answer failInit(String errorType, String body) throws IOException {
        return post("/2018-06-01/runtime/init/error", Map.of("Lambda-Runtime-Function-Error-Type", errorType), body);
    }

    public Answer post(String path, Map<String, String> headers, String body) throws IOException {
        send("POST", path, headers, body.getBytes(StandardCharsets.UTF_8));
        return read();
    }

    public Answer get(String path) throws IOException {
        send("GET", path, Map.of(), new byte[0]);
        return read();
    }

    void send(String method, String path, Map<String, String> headers, byte[] body) throws IOException {
        var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: runtime\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (method.equals("POST") && !headers.containsKey("Transfer-Encoding")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        write(head.append("\r\n").toString());
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
    }

    /** Sends a request's head alone. */
    void writeHead(String path, String... headers) throws IOException {
        write("POST " + path + " HTTP/1.1\r\nHost: runtime\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
    }

    void write(String raw) throws IOException {
        socket.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    public Answer read() throws IOException {
        var status = Integer.parseInt(line().split(" ", 3)[1]);
        var headers = new TreeMap<String, String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        if (status == 100) {
            return new Answer(status, headers, "");
        }
        var body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the other side has closed the connection");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
