package io.kappa.worker.environment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** An event loop without a thread: tasks run when the test says so, and time passes when the test turns it. */
final class TurnedLoop implements EventLoop {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Ringing> timers = new PriorityQueue<>(Comparator.comparingLong(Ringing::at));
    private long now;

    private record Ringing(long at, Runnable task) {}

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer after(long nanos, Runnable task) {
        var ringing = new Ringing(now + nanos, task);
        timers.add(ringing);
        return () -> timers.remove(ringing);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long currentTimeMillis() {
        return START.toEpochMilli() + now / 1_000_000;
    }

    int timers() {
        return timers.size();
    }

    /** Runs what has been given, and what that gives, until there is nothing more. */
    void run() {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Lets time pass, with everything happening when it is due. */
    void turn(Duration by) {
        run();
        long end = now + by.toNanos();
        for (var next = timers.peek(); next != null && next.at() <= end; next = timers.peek()) {
            timers.remove(next);
            now = Math.max(now, next.at());
            next.task().run();
            run();
        }
        now = end;
    }
}
