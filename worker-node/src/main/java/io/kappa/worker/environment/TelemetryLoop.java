package io.kappa.worker.environment;

import io.kappa.worker.telemetry.TelemetryStream;
import io.kappa.worker.telemetry.TelemetryTransport;

/** An environment's event loop, as its telemetry uses it. */
record TelemetryLoop(EventLoop loop) implements TelemetryStream.Loop {

    static TelemetryStream stream(EventLoop loop, TelemetryTransport transport) {
        return new TelemetryStream(new TelemetryLoop(loop), transport);
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public Runnable after(long nanos, Runnable task) {
        return loop.after(nanos, task)::cancel;
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return loop.currentTimeMillis();
    }
}
