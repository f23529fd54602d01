package io.kappa.worker.invocation;

import io.kappa.contracts.worker.InvocationProtocol;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * The clock of {@link InvocationProtocol#CLOCK}: monotonic, from when this worker came to be, under a name that no other life of it has.
 */
final class WorkerClock {
    private final String life =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    private final LongSupplier nanos;
    private final long origin;

    /** @param nanos {@link System#nanoTime}, or a test's */
    WorkerClock(LongSupplier nanos) {
        this.nanos = nanos;
        this.origin = nanos.getAsLong();
    }

    /** What it shows now, as it goes over the wire. */
    String reading() {
        return life + ":" + (nanos.getAsLong() - origin);
    }

    /** Whether a time that goes over the wire is of this life. */
    boolean isOfThisLife(String time) {
        return time.length() > life.length() && time.startsWith(life) && time.charAt(life.length()) == ':';
    }

    /**
     * A time of this life, on the clock that the worker reads.
     *
     * @throws NumberFormatException where it is none
     */
    long nanoTime(String time) {
        return origin + Long.parseLong(time, life.length() + 1, time.length(), 10);
    }
}
