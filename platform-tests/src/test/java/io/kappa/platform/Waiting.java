package io.kappa.platform;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what another process does, by looking again and again until it has happened. */
final class Waiting {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

    /** @throws AssertionError where it has not come true in time */
    static void until(Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + patience);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private Waiting() {}
}
