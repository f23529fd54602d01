package io.kappa.worker.environment;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/** An event loop of Vert.x, seen through one of its contexts. */
public final class VertxEventLoop implements EventLoop {
    private final Vertx vertx;
    private final Context context;
    private final Clock clock;

    public VertxEventLoop(Vertx vertx, Context context, Clock clock) {
        this.vertx = vertx;
        this.context = context;
        this.clock = clock;
    }

    @Override
    public void execute(Runnable task) {
        context.runOnContext(_ -> task.run());
    }

    @Override
    public Timer after(long nanos, Runnable task) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
        long timer = vertx.setTimer(millis, _ -> task.run());
        return () -> vertx.cancelTimer(timer);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return clock.millis();
    }
}
