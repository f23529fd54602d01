package io.kappa.worker.environment;

import io.kappa.contracts.worker.WorkerStatus.Environments;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** What a pool knows of its environments: which there are, what each is there for, how much room they take. Guarded by the pool's lock. */
final class PoolBook {
    private final EnvironmentPoolSettings settings;
    private final Map<Environment, Slot> slots = new HashMap<>();
    private final Map<EnvironmentKey, Kin> kins = new HashMap<>();
    private final SequencedSet<Slot> idle = new LinkedHashSet<>(); // The longest idle first.
    private int usedMegabytes;
    private int living;

    /** What an environment is there for at the moment. */
    enum Use {
        STARTING,
        /** Has an invocation. */
        ASSIGNED,
        /** Has answered its invocation, and its runtime is about to ask for the next one. */
        RETURNING,
        IDLE,
        /** Told to stop. Its memory counts as free: it has been killed by the time that another can use it. */
        STOPPING
    }

    /** One environment. */
    static final class Slot {
        private final Environment environment;
        private final Kin kin;
        private final int megabytes;
        private Use use = Use.STARTING;
        private long idleSince;
        private boolean outdated;

        private Slot(Environment environment, Kin kin, int megabytes) {
            this.environment = environment;
            this.kin = kin;
            this.megabytes = megabytes;
        }

        Environment environment() {
            return environment;
        }

        EnvironmentKey key() {
            return kin.key;
        }

        Use use() {
            return use;
        }

        long idleSince() {
            return idleSince;
        }

        /** Whether it is to go as soon as it is idle. */
        boolean outdated() {
            return outdated;
        }

        void outdate() {
            outdated = true;
        }
    }

    /** Environments that can stand in for one another, and who waits for one of them. */
    private static final class Kin {
        private final EnvironmentKey key;
        private final Deque<Slot> idle = new ArrayDeque<>(); // The best to be used last.
        private final Deque<InvocationRequest> waiting = new ArrayDeque<>();
        private int living;
        private int starting;
        private int returning;
        private boolean watched;

        Kin(EnvironmentKey key) {
            this.key = key;
        }
    }

    PoolBook(EnvironmentPoolSettings settings) {
        this.settings = settings;
    }

    /** An idle environment, the one used last, which is idle no more; null where there is none. */
    @Nullable
    Slot takeIdle(EnvironmentKey key) {
        var kin = kins.get(key);
        var slot = kin == null ? null : kin.idle.pollLast();
        if (slot != null) {
            idle.remove(slot);
            slot.use = Use.ASSIGNED;
        }
        return slot;
    }

    /** Whether more environments will soon be idle than requests wait for one. */
    boolean hasOneToSpare(EnvironmentKey key) {
        var kin = kins.get(key);
        return kin != null && kin.waiting.size() < kin.starting + kin.returning;
    }

    /** Lets the request wait for the next environment of its key that is idle; there is one on its way. */
    void waits(InvocationRequest request) {
        kins.computeIfAbsent(request.key(), Kin::new).waiting.addLast(request);
    }

    /** Whether somebody has to look after those who wait for returns, which nobody does yet. */
    boolean watch(EnvironmentKey key) {
        var kin = kins.get(key);
        if (kin == null || kin.watched) {
            return false;
        }
        kin.watched = true;
        return true;
    }

    /** Whether those who wait for returns have to be looked after any longer. */
    boolean keepWatching(EnvironmentKey key) {
        var kin = kins.get(key);
        if (kin == null) {
            return false;
        }
        kin.watched = kin.waiting.size() > kin.starting;
        return kin.watched;
    }

    /** The first that waits since then or longer, and for no more than that a runtime comes back; null where there is none. */
    @Nullable
    InvocationRequest overdue(EnvironmentKey key, long sinceNanos) {
        var kin = kins.get(key);
        if (kin == null || kin.waiting.size() <= kin.starting) {
            return null;
        }
        return kin.waiting.stream()
                .skip(kin.starting) // Those have an environment on its way.
                .findFirst()
                .filter(request -> request.askedNanos() - sinceNanos <= 0)
                .orElse(null);
    }

    void waitsNoLonger(InvocationRequest request) {
        var kin = kins.get(request.key());
        if (kin != null && kin.waiting.remove(request)) {
            forget(kin);
        }
    }

    /** Everybody who waits, who from now on does not. */
    List<InvocationRequest> sendAwayAll() {
        var all = kins.values().stream().flatMap(kin -> kin.waiting.stream()).toList();
        kins.values().forEach(kin -> kin.waiting.clear());
        return all;
    }

    /** Retires idle environments, the longest idle first, until one of this size fits; null, and none retired, where not even all would do. */
    @Nullable
    List<Slot> makeRoom(int megabytes) {
        int memoryLeft = settings.memoryMegabytes() - usedMegabytes;
        int countLeft = settings.maximumCount() - living;
        var goes = new ArrayList<Slot>();
        for (var slot : idle) {
            if (memoryLeft >= megabytes && countLeft >= 1) {
                break;
            }
            goes.add(slot);
            memoryLeft += slot.megabytes;
            countLeft++;
        }
        if (memoryLeft < megabytes || countLeft < 1) {
            return null;
        }
        goes.forEach(this::retire);
        return goes;
    }

    void add(Environment environment, EnvironmentKey key, int megabytes) {
        var kin = kins.computeIfAbsent(key, Kin::new);
        kin.living++;
        kin.starting++;
        slots.put(environment, new Slot(environment, kin, megabytes));
        usedMegabytes += megabytes;
        living++;
    }

    @Nullable
    Slot find(Environment environment) {
        return slots.get(environment);
    }

    Collection<Slot> slots() {
        return slots.values();
    }

    Collection<Slot> idle() {
        return idle;
    }

    void returning(Slot slot) {
        slot.use = Use.RETURNING;
        slot.kin.returning++;
    }

    /** Gives the environment, which has just become idle, to the request that has waited longest; null where nobody waits. */
    @Nullable
    InvocationRequest serve(Slot slot) {
        var next = slot.kin.waiting.pollFirst();
        if (next != null) {
            leave(slot);
            slot.use = Use.ASSIGNED;
        }
        return next;
    }

    /** @param ready whether the next invocation need not start the runtime first */
    void keepIdle(Slot slot, boolean ready, long now) {
        leave(slot);
        slot.use = Use.IDLE;
        slot.idleSince = now;
        idle.addLast(slot);
        if (ready) {
            slot.kin.idle.addLast(slot);
        } else {
            slot.kin.idle.addFirst(slot); // Any other is preferred.
        }
    }

    /** Takes the environment out of what may be assigned. The caller stops it once the lock is released. */
    void retire(Slot slot) {
        leave(slot);
        slot.use = Use.STOPPING;
        usedMegabytes -= slot.megabytes;
        living--;
        slot.kin.living--;
        forget(slot.kin);
    }

    /** Nothing is left of the environment. Returns the request, if any, that has now nothing left to wait for. */
    @Nullable
    InvocationRequest remove(Slot slot) {
        slots.remove(slot.environment);
        if (slot.use != Use.STOPPING) {
            retire(slot);
        }
        var kin = slot.kin;
        var stranded = kin.waiting.size() > kin.starting + kin.returning ? kin.waiting.pollLast() : null;
        forget(kin);
        return stranded;
    }

    private void leave(Slot slot) {
        switch (slot.use) {
            case STARTING -> slot.kin.starting--;
            case RETURNING -> slot.kin.returning--;
            case IDLE -> {
                idle.remove(slot);
                slot.kin.idle.remove(slot);
            }
            case ASSIGNED, STOPPING -> {}
        }
    }

    /** Keeps nothing of versions that nobody runs and nobody waits for. */
    private void forget(Kin kin) {
        if (kin.living == 0 && kin.waiting.isEmpty()) {
            kins.remove(kin.key, kin); // Not another that has taken its place meanwhile.
        }
    }

    /** What there is of each version: those that can run an invocation or do, not those that still start. */
    List<Environments> census() {
        return kins.values().stream()
                .filter(kin -> kin.living > kin.starting)
                .map(kin ->
                        new Environments(kin.key.version(), kin.key.generation(), kin.living - kin.starting, 0, null))
                .toList();
    }

    int usedMegabytes() {
        return usedMegabytes;
    }

    /** How many environments there are that have not been told to stop. */
    int living() {
        return living;
    }
}
