package io.kappa.worker.environment;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The event loops that environments are spread over. */
public final class VertxEventLoops {
    private final List<EventLoop> loops;
    private final AtomicInteger next = new AtomicInteger();

    private VertxEventLoops(List<EventLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    /** Takes that many loops, which Vert.x deals out in turn. */
    public static VertxEventLoops take(Vertx vertx, int count, Clock clock) {
        var loops = new ArrayList<EventLoop>();
        for (int i = 0; i < count; i++) {
            // Each deployment has a context of its own; that is all that it is for.
            var context = new Context[1];
            vertx.deployVerticle(own -> {
                        context[0] = own;
                        return Future.succeededFuture();
                    })
                    .await();
            loops.add(new VertxEventLoop(vertx, context[0], clock));
        }
        return new VertxEventLoops(loops);
    }

    EventLoop next() {
        return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
    }
}
