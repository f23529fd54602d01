package io.kappa.standalone;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {
    private static final String HOST = "127.0.0.1";

    @Test
    void everyTakenPortIsNamedWithTheOptionThatChoosesAnother() throws IOException {
        try (var first = taken();
                var second = taken()) {
            var ports = new Ports()
                    .need("--port", HOST, first.getLocalPort())
                    .need("--management-port", HOST, 0)
                    .need("--kafka-port", HOST, second.getLocalPort());
            assertThatThrownBy(ports::check)
                    .hasMessage("port " + first.getLocalPort() + " is in use; choose another with --port, port "
                            + second.getLocalPort() + " is in use; choose another with --kafka-port");
        }
    }

    @Test
    void aPortIsFreeAgainAfterTheCheck() throws IOException {
        int port;
        try (var socket = taken()) {
            port = socket.getLocalPort();
        }
        assertThatCode(() -> {
                    new Ports().need("--port", HOST, port).check();
                    new Ports().need("--port", HOST, port).check();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void anAddressThatIsNotOnThisMachineIsNotCalledTaken() {
        assertThatThrownBy(() -> new Ports().need("--port", "192.0.2.1", 9000).check())
                .hasMessageContaining("cannot be listened on")
                .hasMessageNotContaining("in use");
    }

    private static ServerSocket taken() throws IOException {
        return new ServerSocket(0, 1, InetAddress.ofLiteral(HOST));
    }
}
