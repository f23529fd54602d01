package io.kappa.worker.environment;

import java.time.Duration;

/** Time as a pool needs it, from any thread. */
interface PoolTime {

    /** Time for measuring, in nanoseconds from an arbitrary origin. */
    long nanoTime();

    /** Runs the task once the time has passed. */
    void after(Duration delay, Runnable task);
}
