package io.kappa.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;

/**
 * Callers that each send one request after another on a connection of their own, as fast as the answers come. Speaks HTTP on plain
 * sockets, so that the caller costs as little as it can of the machine that it shares with what is measured.
 */
final class Load {
    private final int port;
    private final int expected;
    private final byte[] request;

    /** @param function whose Invoke is called; the floor ignores it */
    Load(int port, String function, String payload) {
        this(port, function, payload, "RequestResponse", 200);
    }

    /**
     * @param type of the invocation
     * @param expected status of every answer
     */
    Load(int port, String function, String payload, String type, int expected) {
        this.port = port;
        this.expected = expected;
        this.request = ("POST /2015-03-31/functions/" + function + "/invocations HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nX-Amz-Invocation-Type: " + type
                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + payload.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + payload)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** @param latencies microseconds from the first byte sent to the last byte read */
    record Result(Histogram latencies, Duration took) {
        double perSecond() {
            return latencies.getTotalCount() / (took.toNanos() / 1e9);
        }

        double percentileMillis(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1000.0;
        }
    }

    /**
     * Runs the callers side by side for the time.
     *
     * @throws UncheckedIOException where one gets anything but what is expected
     */
    Result run(int callers, Duration time) throws InterruptedException {
        var histograms = new Histogram[callers];
        var failures = new IOException[callers];
        var ready = new CountDownLatch(callers);
        var go = new CountDownLatch(1);
        long[] end = new long[1];
        var threads = new Thread[callers];
        for (int i = 0; i < callers; i++) {
            int caller = i;
            histograms[i] = new Histogram(60_000_000L, 3);
            threads[i] = Thread.ofPlatform().start(() -> {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setTcpNoDelay(true);
                    var in = new BufferedInputStream(socket.getInputStream(), 8192);
                    ready.countDown();
                    go.await();
                    long last = end[0];
                    for (long sent = System.nanoTime(); sent < last; ) {
                        socket.getOutputStream().write(request);
                        readResult(in);
                        long answered = System.nanoTime();
                        histograms[caller].recordValue(Math.max(1, (answered - sent) / 1000));
                        sent = answered;
                    }
                } catch (IOException e) {
                    failures[caller] = e;
                    ready.countDown();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        ready.await();
        long start = System.nanoTime();
        end[0] = start + time.toNanos();
        go.countDown();
        for (var thread : threads) {
            thread.join();
        }
        var took = Duration.ofNanos(System.nanoTime() - start);
        var all = new Histogram(60_000_000L, 3);
        for (int i = 0; i < callers; i++) {
            if (failures[i] != null) {
                throw new UncheckedIOException(failures[i]);
            }
            all.add(histograms[i]);
        }
        return new Result(all, took);
    }

    /** Sends one request on a connection of its own and returns how long it took, connecting included. */
    Duration once() throws IOException {
        long start = System.nanoTime();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(request);
            readResult(new BufferedInputStream(socket.getInputStream(), 8192));
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void readResult(InputStream in) throws IOException {
        var status = line(in);
        long length = -1;
        boolean functionError = false;
        for (var header = line(in); !header.isEmpty(); header = line(in)) {
            var lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(header.substring(15).trim());
            }
            functionError |= lower.startsWith("x-amz-function-error:");
        }
        if (length < 0 && expected != 204) {
            throw new IOException("no Content-Length after: " + status);
        }
        in.skipNBytes(Math.max(0, length));
        if (!status.startsWith("HTTP/1.1 " + expected) || functionError) {
            throw new IOException("not a result: " + status);
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection was closed in the middle of an answer");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
