package io.kappa.router.admission.lots;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A router's tokens. It admits from what it holds while its lease lasts by its own clock, asks again long before that, and says with each
 * request what it keeps.
 *
 * <pre>
 *   ask 7 ────────────▶ owner
 *    ├─────── lease ──────────┤ admits until here, whenever the grant came
 *   accept ◀── grant 7 ──
 *            ask 8 ───▶ (lost)
 *                             └ lapsed: keeps what is in use, and nothing else
 * </pre>
 *
 * <p>Any thread may call. Entering and leaving take no lock: what is held of a pool and what runs on it are one number, so that nothing is
 * taken after a request has said that it is given back. The lease is read before that number and written after it, so that a ticket never has
 * a later lease than the tokens that it is of.
 */
public final class LotHolder {
    /** Requests by which something that was refused is still asked for. One may come too early, before others have given back. */
    private static final int ASKED_FOR = 4;

    /**
     * How long, in nanoseconds, answers must have said that there is no more until that is believed. By the first of them others hear that
     * what they have to spare is wanted, and say what that is.
     */
    private static final long BELIEVED_AFTER = TimeUnit.MILLISECONDS.toNanos(50);

    /** Answers that lie further apart, in nanoseconds, have nothing to do with one another: what others use has changed since. */
    private static final long UNRELATED_AFTER = TimeUnit.MILLISECONDS.toNanos(500);

    private final HolderId id;
    private final Drift drift;
    private final ToLongFunction<Pool> longestRun;
    private final Map<Pool, Held> pools = new ConcurrentHashMap<>();
    private final TreeMap<Long, Long> sentAt = new TreeMap<>();
    private long sequence;
    private long accepted;
    private boolean over;
    private volatile @Nullable Lease lease;

    /** @param askedAt when the request was sent whose grant this is of */
    private record Lease(long askedAt, long end) {
        boolean lasts(long now) {
            return now - end < 0;
        }
    }

    private static final class Held {
        private static final int TOKENS = 32;

        /** Tokens above, what runs below. */
        private final AtomicLong state = new AtomicLong();

        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicLong longestWanted = new AtomicLong();
        private volatile long longestRun;
        private volatile int due;
        private volatile int answered;
        private volatile int limit;
        private volatile boolean isShort;
        private volatile long shortSince;
        private volatile boolean expected;

        // Of those who ask and accept, under their lock.
        private int wanted;
        private int askedFor;
        private int told;

        private static int tokens(long state) {
            return (int) (state >>> TOKENS);
        }

        private static int running(long state) {
            return (int) state;
        }

        int tokens() {
            return tokens(state.get());
        }

        int running() {
            return running(state.get());
        }

        boolean take() {
            while (true) {
                long before = state.get();
                if (running(before) >= tokens(before)) {
                    return false;
                }
                if (state.compareAndSet(before, before + 1)) {
                    return true;
                }
            }
        }

        /** Whether what may run for that long may be admitted from it. Where it may not, it is asked for. */
        boolean isFor(long run) {
            if (run <= longestRun) {
                return true;
            }
            longestWanted.accumulateAndGet(run, Math::max);
            return false;
        }

        void giveBack() {
            if (running(state.getAndDecrement()) == 0) {
                throw new IllegalStateException("left without having entered");
            }
        }

        void hold(int tokens) {
            state.updateAndGet(before -> (long) tokens << TOKENS | running(before));
        }

        /** What it has, in use or not. */
        int kept() {
            long now = state.get();
            return Math.max(tokens(now), running(now));
        }

        /** What there is use for. What the owner has to spare comes on top, so that the lot grows before it is used up. */
        LotRequest.Need need(long longestRun) {
            int refusals = refused.getAndSet(0);
            if (refusals > 0) {
                wanted = Math.max(wanted, refusals);
                askedFor = ASKED_FOR;
            } else if (askedFor > 0) {
                askedFor--;
            } else {
                wanted = 0;
            }
            int running = running();
            return new LotRequest.Need(told, running + wanted, running + refusals, longestRun);
        }

        boolean isUnused() {
            return !expected && state.get() == 0 && refused.get() == 0 && wanted == 0;
        }
    }

    /** @param longestRun of the invocations of a pool, once a worker has begun them: of what is reserved for a function, the function's timeout
     *      with what a worker takes to enforce it */
    public LotHolder(HolderId id, Drift drift, ToLongFunction<Pool> longestRun) {
        this.id = id;
        this.drift = drift;
        this.longestRun = longestRun;
    }

    public HolderId id() {
        return id;
    }

    private Held held(Pool pool) {
        var held = pools.get(pool);
        return held == null ? pools.computeIfAbsent(pool, _ -> new Held()) : held;
    }

    /** Has a part of the pool asked for from now on, or no longer, also while nobody has use for it. */
    public void expect(Pool pool, boolean expected) {
        held(pool).expected = expected;
    }

    /**
     * Takes a token for an invocation that runs no longer than that. Each ticket is given back once, by {@link #leave}: when the invocation
     * is known to be over, or to have never begun, or at {@link Ticket#overBy}.
     */
    public Optional<Ticket> enter(Pool pool, long run, long now) {
        var held = held(pool);
        var current = lease;
        if (current == null || !current.lasts(now) || !held.isFor(run) || !held.take()) {
            held.refused.incrementAndGet();
            return Optional.empty();
        }
        return Optional.of(ticket(pool, run, current));
    }

    private Ticket ticket(Pool pool, long run, Lease current) {
        return new Ticket(pool, current.end(), current.end() + drift.surely(run));
    }

    public void leave(Pool pool) {
        var held = pools.get(pool);
        if (held == null) {
            throw new IllegalStateException("left without having entered: " + pool);
        }
        held.giveBack();
    }

    /**
     * The ticket that somebody would have who left and entered again. For an invocation that has not begun.
     *
     * @return empty where it would not be let in
     */
    public Optional<Ticket> renew(Pool pool, long run, long now) {
        var held = held(pool);
        var current = lease;
        if (current == null || !current.lasts(now) || run > held.longestRun || held.running() > held.tokens()) {
            return Optional.empty();
        }
        return Optional.of(ticket(pool, run, current));
    }

    /**
     * Takes a token of one pool for what has one of another, which the caller leaves then. For what has begun as well as for what has not: it
     * was admitted by no later lease than the present one.
     *
     * @param run how long it may run at most
     */
    public boolean transfer(Pool to, long run, long now) {
        var target = held(to);
        var current = lease;
        return current != null && current.lasts(now) && run <= target.longestRun && target.take();
    }

    /** Notes that somebody had use for more of the pool than there was. */
    public void refuse(Pool pool) {
        held(pool).refused.incrementAndGet();
    }

    public boolean holdsLease(long now) {
        var current = lease;
        return current != null && current.lasts(now);
    }

    /** Invocations of the pool that may run on what is held. */
    public int tokens(Pool pool) {
        var held = pools.get(pool);
        return held == null ? 0 : held.tokens();
    }

    /** The same for all pools of that kind. */
    public int tokens(Class<? extends Pool> kind) {
        return sum(kind, Held::tokens);
    }

    /** Invocations that run on tokens of pools of that kind. */
    public int running(Class<? extends Pool> kind) {
        return sum(kind, Held::running);
    }

    private int sum(Class<? extends Pool> kind, ToIntFunction<Held> number) {
        int sum = 0;
        for (var pool : pools.entrySet()) {
            if (kind.isInstance(pool.getKey())) {
                sum += number.applyAsInt(pool.getValue());
            }
        }
        return sum;
    }

    public int running(Pool pool) {
        var held = pools.get(pool);
        return held == null ? 0 : held.running();
    }

    /** The pool's limit as the owner last said; 0 where it has not. */
    public int limit(Pool pool) {
        var held = pools.get(pool);
        return held == null ? 0 : held.limit;
    }

    /**
     * Whether the owner, asked for more of a pool that has run dry, may be expected to have some.
     *
     * @param limit of the pool as it is known here
     * @param fresh how long an answer is taken for the owner's present one
     */
    public boolean isWorthAsking(Pool pool, long run, int limit, long fresh, long now) {
        var held = held(pool);
        var current = lease;
        if (current == null || !current.lasts(now) || held.limit != limit) {
            return true;
        }
        if (held.tokens() >= limit) {
            return limit > 0 && run > held.longestRun;
        }
        // An answer to a smaller demand says nothing about one more.
        return run > held.longestRun
                || held.tokens() < held.due
                || held.running() >= held.answered
                || !held.isShort
                || current.askedAt() - held.shortSince < BELIEVED_AFTER
                || now - current.askedAt() >= fresh;
    }

    /** Whether less of the pool is here than is this holder's due: the account has no more to give, or others have still to give back. */
    public boolean isShort(Pool pool) {
        var held = pools.get(pool);
        return held != null && held.tokens() < held.due;
    }

    /** Whether there is more of the pool here than is in use. */
    public boolean hasIdle(Pool pool) {
        var held = pools.get(pool);
        return held != null && held.tokens() > held.running();
    }

    /** Whether less is kept of some pool than the last request said. */
    public synchronized boolean hasToGiveBack() {
        return pools.values().stream().anyMatch(held -> held.kept() < held.told);
    }

    /** Whether the last request has been answered. */
    public synchronized boolean isAnswered() {
        return accepted == sequence;
    }

    /** The next request. A lapsed lot is given up here for good, so that what was said stays true. */
    public synchronized LotRequest ask(long now) {
        if (!holdsLease(now)) {
            lease = null;
            pools.values().forEach(held -> held.hold(0));
        }
        sequence++;
        sentAt.put(sequence, now);
        var needs = new HashMap<Pool, LotRequest.Need>();
        pools.forEach((pool, held) -> {
            held.told = held.kept();
            long longest = Math.max(longestRun.applyAsLong(pool), held.longestWanted.get());
            needs.put(pool, held.need(longest));
        });
        return new LotRequest(id, sequence, accepted, needs);
    }

    /**
     * The last request of this life, by which everything is given back but what runs. From now on nothing is admitted and nothing accepted.
     */
    public synchronized LotRequest farewell(long now) {
        over = true;
        lease = null;
        pools.values().forEach(held -> held.hold(0));
        pools.values().removeIf(held -> held.running() == 0);
        return ask(now);
    }

    /**
     * Takes in a grant. One that is older than another, or for another life of this router, changes nothing.
     *
     * @return whether more or less is held than before
     */
    public synchronized boolean accept(LotGrant grant) {
        var sent = sentAt.get(grant.sequence());
        if (over || !grant.holder().equals(id) || grant.sequence() <= accepted || sent == null) {
            return false;
        }
        accepted = grant.sequence();
        sentAt.headMap(accepted, true).clear();
        var before = lease;
        boolean changed = before == null;
        for (var entry : pools.entrySet()) {
            var held = entry.getValue();
            var lot = grant.lots().get(entry.getKey());
            int tokens = lot == null ? 0 : lot.tokens();
            changed |= tokens != held.tokens();
            held.longestRun = lot == null ? 0 : lot.longestRun();
            held.due = lot == null ? 0 : lot.due();
            held.answered = lot == null ? 0 : lot.demand();
            held.limit = lot == null ? 0 : lot.limit();
            boolean related = held.isShort && before != null && sent - before.askedAt() < UNRELATED_AFTER;
            held.shortSince = related ? held.shortSince : sent;
            held.isShort = lot != null && lot.isPressing();
            held.hold(tokens);
        }
        pools.values().removeIf(Held::isUnused);
        lease = new Lease(sent, sent + grant.lease());
        return changed;
    }
}
