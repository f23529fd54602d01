package io.kappa.router.dispatch;

import io.kappa.contracts.worker.WorkerStatus.Environments;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One version of one function at one worker: which environments the worker said it has, and what this router has running in them. Shared by
 * all event loops. How many environments there are is the worker's last word, or more where this router has seen more at work since. What
 * other routers have running there is not known; where they have taken what looks idle from here, the worker starts another.
 */
final class Place {
    /** For how long a worker counts as one that has the code. It keeps unpacked code until it needs the room. */
    private static final long LATELY_MILLIS = 3_600_000;

    /** How long a worker that refused the version is asked only after all others. */
    private static final long NOT_FIRST_MILLIS = 1000;

    /** How long a worker may take to start what it was asked for ahead of invocations, until its status has to tell of it. */
    private static final long AHEAD_COMES_WITHIN_MILLIS = 10_000;

    /** The time of the last use is written no more often than this: all event loops share it. */
    private static final long USE_NOTED_EVERY_MILLIS = 1000;

    private final Worker worker;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger living = new AtomicInteger();
    private volatile int provisioned;
    private volatile long generation;
    private volatile long usedAtMillis = Long.MIN_VALUE;
    private volatile long refusedAtMillis = Long.MIN_VALUE;
    private volatile String sha256 = "";
    private volatile Ahead ahead = new Ahead(0, Long.MIN_VALUE);

    /** @param count how many environments were to live or start there */
    private record Ahead(int count, long atMillis) {}

    Place(Worker worker) {
        this.worker = worker;
    }

    Worker worker() {
        return worker;
    }

    /** Takes in what the worker says it has, in the newest deployment that it has any of; null where it has none. */
    void reported(@Nullable Environments environments, long nowMillis) {
        if (environments == null) {
            living.set(0);
            provisioned = 0;
            return;
        }
        generation = environments.generation();
        living.set(environments.living());
        provisioned = environments.provisioned();
        if (environments.living() > 0) {
            used(nowMillis);
        }
    }

    /** Whether an environment of that deployment, or a later one, is idle there as far as this router knows. */
    boolean hasIdle(long leastGeneration) {
        return generation >= leastGeneration && running.get() < living.get();
    }

    /** Whether fewer run than provisioned concurrency keeps environments for. */
    boolean hasProvisionedIdle() {
        return running.get() < provisioned;
    }

    boolean hasProvisioned() {
        return provisioned > 0;
    }

    /** How many environments of that deployment, or a later one, live there or are about to. */
    int expected(long leastGeneration, long nowMillis) {
        var asked = ahead;
        int lives = Math.max(running.get(), generation >= leastGeneration ? living.get() : 0);
        return asked.atMillis() > nowMillis - AHEAD_COMES_WITHIN_MILLIS ? Math.max(lives, asked.count()) : lives;
    }

    /** Whether an environment that was asked for ahead of invocations is about to be idle there. */
    boolean isAboutToHaveIdle(long nowMillis) {
        var asked = ahead;
        return asked.count() > running.get() && asked.atMillis() > nowMillis - AHEAD_COMES_WITHIN_MILLIS;
    }

    /** Notes how many environments the worker was asked to have, or has answered that it will have. */
    void askedAhead(int count, long nowMillis) {
        ahead = new Ahead(count, nowMillis);
    }

    /** How many invocations wait there for environments that start. */
    int starting() {
        return running.get() - living.get();
    }

    /** Whether the worker has the code of that deployment, or a later one, which it unpacked for an environment. */
    boolean hasCode(long leastGeneration, long nowMillis) {
        return generation >= leastGeneration && usedAtMillis > nowMillis - LATELY_MILLIS;
    }

    /** Notes of which package an environment has served. Answers whether that is news. */
    boolean unpacks(String packageSha256) {
        boolean news = !sha256.equals(packageSha256);
        if (news) {
            sha256 = packageSha256;
        }
        return news;
    }

    boolean hasRefusedLately(long nowMillis) {
        return refusedAtMillis > nowMillis - NOT_FIRST_MILLIS;
    }

    /** Begins an invocation in an environment that is idle; false where another event loop has just taken the last. */
    boolean beginIdle(int megabytes) {
        int before = running.get();
        while (before < living.get()) {
            if (running.compareAndSet(before, before + 1)) {
                worker.began(megabytes);
                return true;
            }
            before = running.get();
        }
        return false;
    }

    /** Begins an invocation that waits for an environment which starts already. */
    void beginAhead(int megabytes) {
        running.incrementAndGet();
        worker.began(megabytes);
    }

    /** Begins an invocation for which the worker has to start an environment. */
    void beginStart(int megabytes) {
        running.incrementAndGet();
        worker.began(megabytes);
        worker.starts(megabytes);
    }

    /** Ends an invocation that was answered, so that its environment is idle now. */
    void answered(long ofGeneration, int megabytes, long nowMillis) {
        int together = running.getAndDecrement();
        worker.ended(megabytes);
        if (generation < ofGeneration) {
            generation = ofGeneration;
            living.set(1);
        } else if (living.get() < together) {
            living.accumulateAndGet(together, Math::max);
        }
        used(nowMillis);
    }

    /** Ends an invocation that was not begun there: if there is an idle environment, others have it. */
    void refused(int megabytes, long nowMillis) {
        int left = running.decrementAndGet();
        worker.ended(megabytes);
        worker.startsNot(megabytes);
        living.accumulateAndGet(left, Math::min);
        refusedAtMillis = nowMillis;
    }

    /** Ends an invocation of which this router does not know what has become. */
    void lost(int megabytes) {
        running.decrementAndGet();
        worker.ended(megabytes);
    }

    private void used(long nowMillis) {
        if (usedAtMillis < nowMillis - USE_NOTED_EVERY_MILLIS) {
            usedAtMillis = nowMillis;
        }
    }

    /** Whether nothing is lost by knowing no more of it. */
    boolean isForgotten(long nowMillis) {
        return running.get() == 0 && living.get() == 0 && !hasCode(0, nowMillis) && !hasRefusedLately(nowMillis);
    }
}
