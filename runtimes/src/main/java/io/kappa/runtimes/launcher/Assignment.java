package io.kappa.runtimes.launcher;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Asks the platform which function this process is for, in as much HTTP as that takes. */
final class Assignment {
    private Assignment() {}

    /**
     * Waits, however long, for the answer: the variables of the process.
     *
     * @param api {@code host:port} of the Runtime API
     */
    static Map<String, String> await(String api) throws IOException {
        int colon = api.lastIndexOf(':');
        try (var socket = new Socket(api.substring(0, colon), Integer.parseInt(api.substring(colon + 1)))) {
            var question = "GET /kappa/assignment HTTP/1.1\r\nHost: " + api + "\r\n\r\n";
            socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
            return variables(answer(socket.getInputStream()));
        }
    }

    private static byte[] answer(InputStream input) throws IOException {
        var status = line(input);
        if (!status.contains(" 200 ")) {
            throw new IOException("the Runtime API answered " + status + " to the question for an assignment");
        }
        int length = 0;
        for (var header = line(input); !header.isEmpty(); header = line(input)) {
            if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        return input.readNBytes(length);
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

    /** As {@code /proc} shows those of a process. */
    static Map<String, String> variables(byte[] block) {
        var variables = new LinkedHashMap<String, String>();
        int start = 0;
        for (int at = 0; at < block.length; at++) {
            if (block[at] == 0) {
                var variable = new String(block, start, at - start, StandardCharsets.UTF_8);
                int equals = variable.indexOf('=');
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
                start = at + 1;
            }
        }
        return variables;
    }
}
