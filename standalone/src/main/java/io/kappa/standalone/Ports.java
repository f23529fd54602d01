package io.kappa.standalone;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells before anything is started which of the ports that it needs are taken. */
final class Ports {
    private final List<Needed> needed = new ArrayList<>();

    private record Needed(String option, InetSocketAddress address) {}

    /** @param option by which a person chooses another port */
    Ports need(String option, String host, int port) {
        needed.add(new Needed(option, new InetSocketAddress(host, port)));
        return this;
    }

    /** @throws IOException naming every port that is taken */
    void check() throws IOException {
        List<String> problems = new ArrayList<>();
        for (var port : needed) {
            if (port.address().getPort() != 0) {
                problem(port.address())
                        .ifPresent(problem -> problems.add(problem + "; choose another with " + port.option()));
            }
        }
        if (!problems.isEmpty()) {
            throw new IOException(String.join(", ", problems));
        }
    }

    private static Optional<String> problem(InetSocketAddress address) {
        try (var socket = new ServerSocket()) {
            socket.bind(address);
            return Optional.empty();
        } catch (IOException e) {
            var message = String.valueOf(e.getMessage());
            return Optional.of(
                    message.contains("in use")
                            ? "port " + address.getPort() + " is in use"
                            : "port " + address.getPort() + " cannot be listened on (" + message + ")");
        }
    }
}
