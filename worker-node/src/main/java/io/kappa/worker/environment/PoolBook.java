package io.kappa.worker.environment;

import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.worker.environment.ProvisionedEnvironments.Count;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SequencedCollection;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a pool knows of its environments: which there are, what each is there for, how much room they take. Guarded by the pool's lock. */
final class PoolBook {
    private static final Comparator<Slot> LEAST_WORTH_FIRST =
            Comparator.comparing(Slot::worth).thenComparingLong(slot -> slot.number);

    /** Part of the golden section: its multiples, whole numbers left out, are spread evenly however many there are. */
    private static final double SPREAD = 0.618_033_988_749_895;

    private final EnvironmentPoolSettings settings;
    private final Map<Environment, Slot> slots = new LinkedHashMap<>();
    private final Map<EnvironmentKey, Kin> kins = new HashMap<>();
    private final NavigableSet<Slot> retirable = new TreeSet<>(LEAST_WORTH_FIRST); // Idle, and not provisioned.
    private long numbers;
    private int usedMegabytes;
    private int living;
    private int idle;
    private int aheadMegabytes;

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
        private final long number;
        private final long bornNanos;
        private final long oldNanos;
        private Use use = Use.STARTING;
        private boolean provisioned;
        private long readyNanos; // When it was ready for the first time.
        private long idleSince;
        private @Nullable Demand demand;
        private Worth worth = new Worth(false, 0);
        private boolean outdated;
        private boolean goesAfterUse;
        private boolean ahead; // Started before there was an invocation for it, and not used yet.

        private Slot(Environment environment, Kin kin, int megabytes, long number, long bornNanos, long oldNanos) {
            this.environment = environment;
            this.kin = kin;
            this.megabytes = megabytes;
            this.number = number;
            this.bornNanos = bornNanos;
            this.oldNanos = oldNanos;
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

        private Worth worth() {
            return worth;
        }

        /** Whether provisioned concurrency keeps it. */
        boolean provisioned() {
            return provisioned;
        }

        /** Whether it is provisioned and not about to go. */
        boolean kept() {
            return provisioned && !outdated && use != Use.STOPPING;
        }

        /** When it was ready for the first time; not to be asked of one that starts. */
        long readyNanos() {
            return readyNanos;
        }

        /** Whether it has lived for as long as it may. */
        boolean old(long now) {
            return now - oldNanos >= 0;
        }

        /** Whether it is to go as soon as it is idle and nobody waits for it. */
        boolean outdated() {
            return outdated;
        }

        void outdate() {
            outdated = true;
        }

        /** Whether it is to go after the invocation that it has, whoever waits. */
        boolean goesAfterUse() {
            return goesAfterUse;
        }

        void goAfterUse() {
            goesAfterUse = true;
        }

        /** It has been started or used, which is over. */
        private Demand used(long now) {
            if (demand == null) {
                readyNanos = now;
            }
            demand = demand == null ? Demand.first(now) : demand.usedAgain(now);
            return demand;
        }

        private void idle(boolean ready, long now) {
            var uses = used(now);
            worth = Worth.of(ready, readyNanos - bornNanos, uses, megabytes);
            use = Use.IDLE;
            idleSince = now;
        }
    }

    /** Environments that can stand in for one another, and who waits for one of them. */
    private static final class Kin {
        private final EnvironmentKey key;
        private final Deque<Slot> provisioned = new ArrayDeque<>(); // Idle ones, the best to be used last.
        private final Deque<Slot> idle = new ArrayDeque<>(); // The others, the best to be used last.
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

    /**
     * An idle environment, which is idle no more: one that is provisioned before any other, and of each kind the one used last. Null where
     * there is none.
     */
    @Nullable
    Slot takeIdle(EnvironmentKey key) {
        var kin = kins.get(key);
        if (kin == null) {
            return null;
        }
        var slot = kin.provisioned.isEmpty() ? kin.idle.peekLast() : kin.provisioned.peekLast();
        if (slot != null) {
            leave(slot);
            slot.use = Use.ASSIGNED;
        }
        return slot;
    }

    /** How many environments of the key live or start. */
    int living(EnvironmentKey key) {
        var kin = kins.get(key);
        return kin == null ? 0 : kin.living;
    }

    /**
     * Whether there is room for one more that nobody has asked for, without another having to go.
     *
     * @param mostMegabytes that such environments may have together
     */
    boolean hasRoomAhead(int megabytes, int mostMegabytes) {
        return usedMegabytes + megabytes <= settings.memoryMegabytes()
                && living < settings.maximumCount()
                && aheadMegabytes + megabytes <= mostMegabytes;
    }

    /** Counts an environment as started before there was an invocation for it. */
    void startedAhead(Slot slot) {
        slot.ahead = true;
        aheadMegabytes += slot.megabytes;
    }

    /** Whether the environment was started ahead; no longer counts it as one that waits to be used. */
    boolean wasAhead(Slot slot) {
        boolean ahead = slot.ahead;
        if (ahead) {
            slot.ahead = false;
            aheadMegabytes -= slot.megabytes;
        }
        return ahead;
    }

    /** Whether more environments will soon be idle than requests wait for one. */
    boolean hasOneToSpare(EnvironmentKey key) {
        var kin = kins.get(key);
        return kin != null && kin.waiting.size() < kin.starting + kin.returning;
    }

    /** Whether any environment of the key lives. */
    boolean has(EnvironmentKey key) {
        var kin = kins.get(key);
        return kin != null && kin.living > 0;
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

    /** Retires the idle environments worth least until one of this size fits; null, and none retired, where not even all would do. */
    @Nullable
    List<Slot> makeRoom(int megabytes) {
        int missingMegabytes = usedMegabytes + megabytes - settings.memoryMegabytes();
        int missingPlaces = living + 1 - settings.maximumCount();
        var goes = RoomChoice.least(retirable, slot -> slot.megabytes, missingMegabytes, missingPlaces);
        if (goes != null) {
            goes.forEach(this::retire);
        }
        return goes;
    }

    /** Idle environments that nothing speaks against retiring, those worth least first. */
    SequencedCollection<Slot> retirable() {
        return retirable;
    }

    Slot add(Environment environment, EnvironmentKey key, int megabytes, boolean provisioned, long now) {
        var kin = kins.computeIfAbsent(key, Kin::new);
        kin.living++;
        kin.starting++;
        var slot = new Slot(environment, kin, megabytes, numbers, now, now + lifeNanos(numbers));
        numbers++;
        slot.provisioned = provisioned;
        slots.put(environment, slot);
        usedMegabytes += megabytes;
        living++;
        return slot;
    }

    private long lifeNanos(long number) {
        long longest = settings.maximumLife().toNanos();
        return longest - (long) (longest / 5.0 * (number * SPREAD % 1));
    }

    @Nullable
    Slot find(Environment environment) {
        return slots.get(environment);
    }

    Collection<Slot> slots() {
        return slots.values();
    }

    /** The idle environments of which that is true, provisioned ones among them. */
    List<Slot> idle(Predicate<Slot> wanted) {
        var found = new ArrayList<Slot>();
        for (var kin : kins.values()) {
            kin.idle.stream().filter(wanted).forEach(found::add);
            kin.provisioned.stream().filter(wanted).forEach(found::add);
        }
        return found;
    }

    int idleCount() {
        return idle;
    }

    /** Environments that start and that nobody waits for. */
    List<Slot> startingForNobody() {
        return slots.values().stream()
                .filter(slot -> slot.use == Use.STARTING && slot.kin.waiting.isEmpty())
                .toList();
    }

    void returning(Slot slot) {
        slot.use = Use.RETURNING;
        slot.kin.returning++;
    }

    /** Gives the environment, which has just become idle, to the request that has waited longest; null where nobody waits. */
    @Nullable
    InvocationRequest serve(Slot slot, long now) {
        var next = slot.kin.waiting.pollFirst();
        if (next != null) {
            leave(slot);
            slot.used(now);
            slot.use = Use.ASSIGNED;
        }
        return next;
    }

    /** @param ready whether the next invocation need not start the runtime first */
    void keepIdle(Slot slot, boolean ready, long now) {
        leave(slot);
        slot.idle(ready, now);
        enter(slot, ready);
    }

    /** The runtime of an idle environment has gone. */
    void unready(Slot slot) {
        leave(slot);
        slot.worth = new Worth(false, slot.worth.logarithm());
        enter(slot, false);
    }

    /** Lets go of an environment that was provisioned. It is like any other from now on, and has just become idle if it is idle. */
    void release(Slot slot, long now) {
        boolean idleNow = slot.use == Use.IDLE;
        if (idleNow) {
            leave(slot);
        }
        slot.provisioned = false;
        if (idleNow) {
            slot.idleSince = now;
            enter(slot, slot.worth.ready());
        }
    }

    private void enter(Slot slot, boolean ready) {
        idle++;
        var kin = slot.kin;
        if (slot.provisioned) {
            kin.provisioned.addLast(slot);
            return;
        }
        retirable.add(slot);
        if (ready) {
            kin.idle.addLast(slot);
        } else {
            kin.idle.addFirst(slot); // Any other is preferred.
        }
    }

    /** Takes the environment out of what may be assigned. The caller stops it once the lock is released. */
    void retire(Slot slot) {
        leave(slot);
        wasAhead(slot);
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
                idle--;
                if (slot.provisioned) {
                    slot.kin.provisioned.remove(slot);
                } else {
                    retirable.remove(slot);
                    slot.kin.idle.remove(slot);
                }
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

    /** How many environments are provisioned and not about to go. */
    Map<EnvironmentKey, Count> provisioned(long now) {
        var counts = new HashMap<EnvironmentKey, Count>();
        for (var slot : slots.values()) {
            if (slot.kept()) {
                boolean starts = slot.use == Use.STARTING;
                var one = new Count(starts ? 1 : 0, starts ? 0 : 1, !starts && slot.old(now) ? 1 : 0);
                counts.merge(slot.key(), one, Count::plus);
            }
        }
        return counts;
    }

    /** What there is of each version: those that can run an invocation or do, not those that still start. */
    List<Environments> census(long now) {
        var provisioned = provisioned(now);
        return kins.values().stream()
                .filter(kin -> kin.living > kin.starting)
                .map(kin -> new Environments(
                        kin.key.version(),
                        kin.key.generation(),
                        kin.living - kin.starting,
                        provisioned.getOrDefault(kin.key, Count.NONE).ready(),
                        null))
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
