package io.kappa.worker.environment;

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
        private Use use = Use.ASSIGNED;
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
        private int returning;

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

    /** Lets the request wait if an environment is on its way back that nobody waits for yet. */
    boolean awaitsReturn(InvocationRequest request) {
        var kin = kins.get(request.key());
        if (kin == null || kin.waiting.size() >= kin.returning) {
            return false;
        }
        kin.waiting.addLast(request);
        return true;
    }

    /** Lets the request wait no longer; false where it has been served. */
    boolean stopsWaiting(InvocationRequest request) {
        var kin = kins.get(request.key());
        if (kin == null || !kin.waiting.remove(request)) {
            return false;
        }
        forget(kin);
        return true;
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

    /** The environment is back: gives it to the request that has waited longest, or keeps it idle and returns null. */
    @Nullable
    InvocationRequest back(Slot slot, boolean ready, long now) {
        left(slot);
        var next = slot.kin.waiting.pollFirst();
        if (next != null) {
            slot.use = Use.ASSIGNED;
            return next;
        }
        slot.use = Use.IDLE;
        slot.idleSince = now;
        idle.addLast(slot);
        if (ready) {
            slot.kin.idle.addLast(slot);
        } else {
            slot.kin.idle.addFirst(slot); // It costs the next invocation an init, so any other is preferred.
        }
        return null;
    }

    /** Takes the environment out of what may be assigned. The caller stops it once the lock is released. */
    void retire(Slot slot) {
        if (slot.use == Use.IDLE) {
            idle.remove(slot);
            slot.kin.idle.remove(slot);
        }
        left(slot);
        slot.use = Use.STOPPING;
        usedMegabytes -= slot.megabytes;
        living--;
        slot.kin.living--;
        forget(slot.kin);
    }

    /** Nothing is left of the environment. */
    void remove(Slot slot) {
        slots.remove(slot.environment);
        if (slot.use != Use.STOPPING) {
            retire(slot);
        }
    }

    private static void left(Slot slot) {
        if (slot.use == Use.RETURNING) {
            slot.kin.returning--;
        }
    }

    /** Keeps nothing of versions that nobody runs and nobody waits for. */
    private void forget(Kin kin) {
        if (kin.living == 0 && kin.waiting.isEmpty()) {
            kins.remove(kin.key);
        }
    }

    int usedMegabytes() {
        return usedMegabytes;
    }

    /** How many environments there are that have not been told to stop. */
    int living() {
        return living;
    }
}
