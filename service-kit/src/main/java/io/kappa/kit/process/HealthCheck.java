package io.kappa.kit.process;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Asks the process beside it whether it is ready, and ends with 0 if so: for containers whose engine runs a command, in images that hold no
 * program but Java. A bare socket, because it is run every few seconds and an HTTP client takes longer to load than to ask.
 */
final class HealthCheck {
    private static final String PORT = "KAPPA_MANAGEMENT_PORT";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String REQUEST = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    public static void main(String[] arguments) {
        var port = System.getenv().getOrDefault(PORT, "9001");
        System.exit(ready(Integer.parseInt(port), System.out) ? 0 : 1);
    }

    /** Prints what the process answers: engines keep it for whoever asks why. */
    static boolean ready(int port, PrintStream out) {
        try (var socket = new Socket()) {
            int patience = (int) PATIENCE.toMillis();
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), patience);
            socket.setSoTimeout(patience);
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            out.println(answer.substring(answer.indexOf("\r\n\r\n") + 4).strip());
            return answer.startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            out.println(e);
            return false;
        }
    }

    private HealthCheck() {}
}
