package io.kappa.access.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs a program of this machine to its end. */
public final class Tool {
    private static final Executor READERS = task -> Thread.ofVirtual().start(task);
    private static final int MOST_COMPLAINTS = 64 * 1024;

    /** A program that is not there, or that has not done what it should. */
    public static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        private final String said;

        Failure(String program, String said, Throwable cause) {
            super(program + ": " + said, cause);
            this.said = said;
        }

        Failure(String program, String said) {
            super(program + ": " + said);
            this.said = said;
        }

        /** In its own words, or about it. */
        public String said() {
            return said;
        }
    }

    /**
     * @param mostBytes that it may print
     * @return what it has printed
     */
    public static byte[] run(List<String> command, int mostBytes, Duration limit) throws Failure {
        var program = command.getFirst();
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new Failure(program, "cannot be started", e);
        }
        try {
            process.getOutputStream().close();
            var printed = read(() -> process.getInputStream().readNBytes(mostBytes + 1));
            var complaints = read(() -> {
                var first = process.getErrorStream().readNBytes(MOST_COMPLAINTS);
                process.getErrorStream().skip(Long.MAX_VALUE);
                return first;
            });
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Failure(program, "took longer than " + limit);
            }
            if (process.exitValue() != 0) {
                throw new Failure(program, new String(complaints.get(), StandardCharsets.UTF_8).strip());
            }
            if (printed.get().length > mostBytes) {
                throw new Failure(program, "printed too much");
            }
            return printed.get();
        } catch (IOException | ExecutionException e) {
            throw new Failure(program, "cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(program, "was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private interface Reading {
        byte[] read() throws IOException;
    }

    private static CompletableFuture<byte[]> read(Reading reading) {
        var read = new CompletableFuture<byte[]>();
        READERS.execute(() -> {
            try {
                read.complete(reading.read());
            } catch (IOException | RuntimeException e) {
                read.completeExceptionally(e);
            }
        });
        return read;
    }

    private Tool() {}
}
