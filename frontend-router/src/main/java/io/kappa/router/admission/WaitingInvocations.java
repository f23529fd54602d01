package io.kappa.router.admission;

import io.kappa.contracts.function.Version;
import io.kappa.router.admission.Admission.Place;
import io.kappa.router.admission.lots.Pool;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Invocations for which there was no token when they came, and the owner may have one. In the order in which they came, by pool. */
final class WaitingInvocations {
    /** Beyond that one more is not let wait: nothing that can be granted would serve all of them in time. */
    private static final int MOST = 10_000;

    private final Map<Pool, Queue<Waiting>> byPool = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();

    /**
     * One of them.
     *
     * @param version that is to run
     * @param run in nanoseconds, how long it may run
     * @param until when its wait is over
     */
    record Waiting(FunctionRoom room, Version version, long run, long until, CompletableFuture<Place> place) {}

    /** What is to be done with one of them. */
    sealed interface Verdict {
        record Enters(Place place) implements Verdict {}

        record Refused(RuntimeException refusal) implements Verdict {}

        record Waits() implements Verdict {}
    }

    int count() {
        return count.get();
    }

    /** @return whether it waits now */
    boolean add(Waiting waiting) {
        if (count.incrementAndGet() > MOST) {
            count.decrementAndGet();
            return false;
        }
        byPool.computeIfAbsent(waiting.room().pool(), _ -> new ConcurrentLinkedQueue<>())
                .add(waiting);
        return true;
    }

    boolean isEmpty() {
        return count.get() == 0;
    }

    void serveAll(Function<Waiting, Verdict> judge) {
        if (!isEmpty()) {
            byPool.keySet().forEach(pool -> serve(pool, judge));
        }
    }

    /** Looks at those of one pool, the first first, until one of them has to go on waiting. */
    void serve(Pool pool, Function<Waiting, Verdict> judge) {
        var queue = isEmpty() ? null : byPool.get(pool);
        while (queue != null && !queue.isEmpty()) {
            var judged = first(queue, judge);
            if (judged == null) {
                return;
            }
            judged.run();
        }
    }

    /** Judges the first, and takes it out where its wait is over. @return how it is told, or null */
    private @Nullable Runnable first(Queue<Waiting> queue, Function<Waiting, Verdict> judge) {
        synchronized (queue) { // Or two would judge the same one.
            var waiting = queue.peek();
            if (waiting == null) {
                return null;
            }
            var verdict = judge.apply(waiting);
            if (verdict instanceof Verdict.Waits) {
                return null;
            }
            queue.remove();
            count.decrementAndGet();
            return () -> tell(waiting, verdict);
        }
    }

    private static void tell(Waiting waiting, Verdict verdict) {
        switch (verdict) {
            case Verdict.Enters(var place) -> waiting.place().complete(place);
            case Verdict.Refused(var refusal) -> waiting.place().completeExceptionally(refusal);
            case Verdict.Waits _ -> throw new IllegalStateException("it waits");
        }
    }
}
