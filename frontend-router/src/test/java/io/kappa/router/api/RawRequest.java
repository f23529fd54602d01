package io.kappa.router.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A request as its bytes go out, which no HTTP client would send, and what is answered. */
@SuppressWarnings("ArrayRecordComponent") // Compared with nothing.
record RawRequest(String method, String target, List<String> headers, byte[] body) {
    /** Far longer than any answer takes. */
    private static final int MOST_MILLIS = 30_000;

    /** @param headers by their names in lower case */
    record Answer(int status, Map<String, String> headers, String body) {}

    /** @throws UncheckedIOException where no answer comes */
    Answer send(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(MOST_MILLIS);
            socket.getOutputStream().write(bytes());
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] bytes() {
        var head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nConnection: close\r\n");
        if (headers.stream().noneMatch(header -> header.regionMatches(true, 0, "Host:", 0, 5))) {
            head.append("Host: lambda.test\r\n");
        }
        headers.forEach(header -> head.append(header).append("\r\n"));
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    private static Answer parse(String answer) {
        int end = answer.indexOf("\r\n\r\n");
        if (!answer.startsWith("HTTP/1.1 ") || end < 0) {
            throw new UncheckedIOException(new IOException("no answer: '" + answer + "'"));
        }
        var lines = List.of(answer.substring(0, end).split("\r\n"));
        var headers = new HashMap<String, String>();
        for (var line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(answer.substring(9, 12)), headers, answer.substring(end + 4));
    }

    /** Short enough for the message of a failed test. */
    @Override
    public String toString() {
        var text = new String(bytes(), StandardCharsets.US_ASCII);
        return text.length() <= 4000 ? text : text.substring(0, 2000) + " … " + text.substring(text.length() - 500);
    }
}
