package io.kappa.kafka;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.server.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets of a broker, bound before the broker is configured. So a port that is taken is known before anything is
 * written, and a free port, asked for as 0, is known when the broker must name it to its clients.
 */
final class BoundSockets implements ServerSocketFactory, AutoCloseable {
    private static final int BACKLOG = 128;

    private final Map<Integer, ServerSocketChannel> byPort = new ConcurrentHashMap<>();

    /** Binds a port of the loopback address, and answers which. */
    int bind(int port) throws IOException {
        var address = new InetSocketAddress(InetAddress.ofLiteral(BrokerConfiguration.HOST), port);
        var channel = ServerSocketChannel.open();
        try {
            channel.bind(address, BACKLOG);
        } catch (BindException e) {
            channel.close();
            var refused = new BindException("port " + port + " is in use, so Kafka cannot listen there");
            refused.initCause(e);
            throw refused;
        }
        int bound = channel.socket().getLocalPort();
        byPort.put(bound, channel);
        return bound;
    }

    @Override
    public ServerSocketChannel openServerSocket(
            String listener, @Nullable InetSocketAddress address, int backlog, int receiveBuffer) throws IOException {
        var channel = address == null ? null : byPort.remove(address.getPort());
        if (channel == null) {
            throw new IOException("listener " + listener + " has no socket at " + address);
        }
        channel.configureBlocking(false);
        return channel;
    }

    /** Closes the sockets that no broker has taken over. */
    @Override
    public void close() throws IOException {
        for (var channel : byPort.values()) {
            channel.close();
        }
    }
}
