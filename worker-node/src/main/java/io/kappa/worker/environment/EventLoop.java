package io.kappa.worker.environment;

/** The one thread on which everything of an environment happens, and the time there. A Vert.x context, or a test's hand. */
public interface EventLoop {

    /** Runs the task on the loop, after those given before. May be called from any thread; everything else only on the loop. */
    void execute(Runnable task);

    /** Runs the task on the loop once the time has passed, never earlier. */
    Timer after(long nanos, Runnable task);

    /** Time for measuring, in nanoseconds from an arbitrary origin. */
    long nanoTime();

    /** Time of day, in epoch milliseconds. */
    long currentTimeMillis();

    /** Something that will happen unless it is cancelled. */
    @FunctionalInterface
    interface Timer {
        void cancel();
    }
}
