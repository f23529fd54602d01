package io.kappa.worker.environment;

import io.vertx.core.Vertx;
import java.time.Duration;

/** Time as a pool needs it, from any thread. */
interface PoolTime {

    /** Time for measuring, in nanoseconds from an arbitrary origin. */
    long nanoTime();

    /** Runs the task once the time has passed. */
    void after(Duration delay, Runnable task);

    static PoolTime of(Vertx vertx) {
        return new PoolTime() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void after(Duration delay, Runnable task) {
                vertx.setTimer(delay.toMillis(), _ -> task.run());
            }
        };
    }
}
