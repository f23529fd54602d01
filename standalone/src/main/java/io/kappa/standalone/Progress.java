package io.kappa.standalone;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The steps of a start. One that takes longer than a second says so; none begins once the process is to end. */
final class Progress implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 1_000;

    private final PrintStream out;
    private final BooleanSupplier stopped;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("progress").factory());

    /** The process was told to end before it had started. */
    static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Part of a start. */
    @FunctionalInterface
    interface Step<T> {
        T take() throws IOException, InterruptedException;
    }

    Progress(PrintStream out, BooleanSupplier stopped) {
        this.out = out;
        this.stopped = stopped;
    }

    /** @param what is going on, as one would say it: {@code Kafka is starting} */
    <T> T during(String what, Step<T> step) throws IOException, InterruptedException {
        if (stopped.getAsBoolean()) {
            throw new StoppedException();
        }
        var impatience = timer.schedule(() -> out.println(what + " ..."), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        try {
            return step.take();
        } finally {
            impatience.cancel(false);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
