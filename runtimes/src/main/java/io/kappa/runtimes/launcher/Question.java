package io.kappa.runtimes.launcher;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Something asked of the Runtime API, in as much HTTP as that takes, on a connection of its own. */
final class Question {
    private Question() {}

    static final class Answer {
        private final Map<String, String> headers;
        private final byte[] body;

        /** @param headers with their names in lower case */
        private Answer(Map<String, String> headers, byte[] body) {
            this.headers = headers;
            this.body = body;
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        byte[] body() {
            return body;
        }
    }

    /**
     * Waits, however long, for the answer.
     *
     * @param api {@code host:port} of the Runtime API
     * @throws IOException also where it is another than 200
     */
    static Answer ask(String api, String path) throws IOException {
        int colon = api.lastIndexOf(':');
        try (var socket = new Socket(api.substring(0, colon), Integer.parseInt(api.substring(colon + 1)))) {
            var question = "GET " + path + " HTTP/1.1\r\nHost: " + api + "\r\n\r\n";
            socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
            return answer(socket.getInputStream(), path);
        }
    }

    private static Answer answer(InputStream input, String path) throws IOException {
        var status = line(input);
        if (!status.contains(" 200 ")) {
            throw new IOException("the Runtime API answered " + status + " to " + path);
        }
        var headers = new HashMap<String, String>();
        for (var header = line(input); !header.isEmpty(); header = line(input)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        return new Answer(headers, input.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))));
    }

    private static String line(InputStream input) throws IOException {
        var line = new ByteArrayOutputStream(64);
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new EOFException("the Runtime API has closed the connection");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }
}
