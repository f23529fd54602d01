package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.worker.environment.InvocationOutcome.Answer;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All execution environments of this machine, and who gets which. An invocation is given an idle environment of its version, the one used
 * last; else a new one, for which idle environments of other versions are retired where memory is short, least recently used first; else
 * it is refused, because another machine may have room.
 *
 * <p>May be called from any thread. The lock is held for a few steps in memory and never while an environment does something: what an
 * environment is told goes to its own event loop, and what it says of itself comes from there.
 */
public final class EnvironmentPool implements InvocationRunner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentPool.class);
    private static final Duration STOPPING_TAKES_AT_MOST = Duration.ofSeconds(10);

    private final EnvironmentPoolSettings settings;
    private final EnvironmentMaker maker;
    private final Predicate<EnvironmentKey> current;
    private final LongSupplier nanoTime;
    private final EnvironmentMetrics metrics;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Environment, Slot> slots = new HashMap<>();
    private final Map<EnvironmentKey, Kin> kins = new HashMap<>();
    private final SequencedSet<Slot> idle = new LinkedHashSet<>(); // The longest idle first.
    private final Environment.Owner returns = new Returns();
    private int usedMegabytes;
    private int living;
    private boolean draining;
    private volatile Runnable onChange = () -> {};

    /** Makes environments, which begin to live when they are started. */
    @FunctionalInterface
    interface EnvironmentMaker {
        Environment make(EnvironmentKey key, Deployment deployment, Environment.Owner owner);
    }

    /** Environments that can stand in for one another. Guarded by the pool's lock. */
    private static final class Kin {
        final EnvironmentKey key;
        final Deque<Slot> idle = new ArrayDeque<>(); // The best to be used last.
        int living;

        Kin(EnvironmentKey key) {
            this.key = key;
        }
    }

    /** What the pool knows of one environment. Guarded by the pool's lock. */
    private static final class Slot {
        final Environment environment;
        final Kin kin;
        final int megabytes;
        Use use = Use.ASSIGNED;
        long idleSince;
        boolean outdated;

        Slot(Environment environment, Kin kin, int megabytes) {
            this.environment = environment;
            this.kin = kin;
            this.megabytes = megabytes;
        }
    }

    /** What an environment is there for at the moment. */
    enum Use {
        ASSIGNED,
        IDLE,
        /** Told to stop. Its memory counts as free: it has been killed by the time that another can use it. */
        STOPPING
    }

    /**
     * How full the pool is.
     *
     * @param assigned environments that have an invocation
     */
    public record Usage(int usedMegabytes, int assigned, int idle, boolean draining) {}

    /**
     * A pool of environments on this machine.
     *
     * @param current whether the registry still has environments of that key run
     */
    public static EnvironmentPool open(
            EnvironmentPoolSettings settings,
            EnvironmentSettings each,
            MachineWorkshop workshop,
            VertxEventLoops loops,
            Predicate<EnvironmentKey> current,
            MeterRegistry registry) {
        var metrics = new EnvironmentMetrics(registry);
        EnvironmentMaker maker = (key, deployment, owner) -> {
            var loop = loops.next();
            var logGroup = deployment.configuration().logging().logGroup();
            var name = EnvironmentName.make(key.version(), logGroup, Instant.ofEpochMilli(loop.currentTimeMillis()));
            var plan = new EnvironmentPlan(key, deployment, name);
            return new Environment(plan, loop, workshop, workshop.blocking(), each, owner, metrics);
        };
        var pool = new EnvironmentPool(settings, maker, current, System::nanoTime, metrics);
        metrics.watch(pool);
        return pool;
    }

    EnvironmentPool(
            EnvironmentPoolSettings settings,
            EnvironmentMaker maker,
            Predicate<EnvironmentKey> current,
            LongSupplier nanoTime,
            EnvironmentMetrics metrics) {
        this.settings = settings;
        this.maker = maker;
        this.current = current;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
    }

    /** Sets what is called, quickly and without the lock, when memory in use or draining has changed. */
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    @Override
    public void invoke(EnvironmentKey key, Deployment deployment, Invocation invocation, Answer answer) {
        Environment environment;
        List<Slot> evicted = List.of();
        boolean refuses;
        lock.lock();
        try {
            refuses = draining;
            environment = refuses ? null : takeIdle(key);
            if (environment == null && !refuses) {
                int megabytes = deployment.configuration().memoryMegabytes();
                evicted = roomFor(megabytes);
                environment = evicted == null ? null : add(key, deployment, megabytes);
            } else {
                evicted = null;
            }
        } finally {
            lock.unlock();
        }
        if (environment == null) {
            var refusal = refuses ? Refusal.DRAINING : Refusal.FULL;
            countRefusal(refusal);
            answer.give(new Refused(refusal));
            return;
        }
        if (evicted == null) {
            environment.invoke(invocation, answer);
        } else {
            environment.start(invocation, answer);
            stop(evicted);
            onChange.run();
        }
    }

    @Override
    public void countRefusal(Refusal refusal) {
        metrics.refused(refusal);
    }

    private @Nullable Environment takeIdle(EnvironmentKey key) {
        var kin = kins.get(key);
        var slot = kin == null ? null : kin.idle.pollLast();
        if (slot == null) {
            return null;
        }
        idle.remove(slot);
        slot.use = Use.ASSIGNED;
        return slot.environment;
    }

    /** The idle environments that must go so that one of this size fits; null where even that would not help. */
    private @Nullable List<Slot> roomFor(int megabytes) {
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

    private Environment add(EnvironmentKey key, Deployment deployment, int megabytes) {
        var environment = maker.make(key, deployment, returns);
        var kin = kins.computeIfAbsent(key, Kin::new);
        kin.living++;
        slots.put(environment, new Slot(environment, kin, megabytes));
        usedMegabytes += megabytes;
        living++;
        return environment;
    }

    /** Takes the environment out of what may be assigned. The caller stops it once the lock is released. */
    private void retire(Slot slot) {
        var kin = slot.kin;
        if (slot.use == Use.IDLE) {
            idle.remove(slot);
            kin.idle.remove(slot);
        }
        slot.use = Use.STOPPING;
        usedMegabytes -= slot.megabytes;
        living--;
        kin.living--;
        if (kin.living == 0) {
            kins.remove(kin.key);
        }
    }

    private void stop(List<Slot> retired) {
        for (var slot : retired) {
            slot.environment.stop();
        }
    }

    /** Retires what no longer runs what the registry says of the function: idle environments now, busy ones when they are done. */
    public void review(FunctionArn function) {
        lock.lock();
        try {
            for (var slot : slots.values()) {
                var key = slot.kin.key;
                slot.outdated = key.version().function().equals(function) ? !current.test(key) : slot.outdated;
            }
        } finally {
            lock.unlock();
        }
        retireIdle(slot -> slot.outdated);
    }

    /**
     * Retires what has been idle for too long, and what became outdated just when it was assigned. To be called every now and then.
     */
    public void sweep() {
        long now = nanoTime.getAsLong();
        long longest = settings.idleTimeout().toNanos();
        retireIdle(slot -> now - slot.idleSince >= longest || !current.test(slot.kin.key));
    }

    private void retireIdle(Predicate<Slot> goes) {
        List<Slot> retired;
        lock.lock();
        try {
            retired = idle.stream().filter(goes).toList();
            retired.forEach(this::retire);
        } finally {
            lock.unlock();
        }
        if (!retired.isEmpty()) {
            stop(retired);
            onChange.run();
        }
    }

    /** Takes no more invocations, and waits for those that run. */
    public void drain(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            draining = true;
        } finally {
            lock.unlock();
        }
        onChange.run();
        retireIdle(_ -> true);
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (living > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (living > 0) {
                LOG.atWarn()
                        .addKeyValue("environments", living)
                        .log("drained for as long as allowed; the rest is cut off");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends every environment, whatever it does. */
    @Override
    public void close() {
        long left = STOPPING_TAKES_AT_MOST.toNanos();
        lock.lock();
        try {
            draining = true;
            for (var slot : List.copyOf(slots.values())) {
                if (slot.use != Use.STOPPING) {
                    retire(slot);
                }
                slot.environment.stop();
            }
            while (!slots.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    public Usage usage() {
        lock.lock();
        try {
            int waiting = idle.size();
            return new Usage(usedMegabytes, living - waiting, waiting, draining);
        } finally {
            lock.unlock();
        }
    }

    /** Takes environments back. */
    private final class Returns implements Environment.Owner {
        @Override
        public void idle(Environment environment, boolean ready) {
            boolean kept;
            lock.lock();
            try {
                var slot = slots.get(environment);
                if (slot == null || slot.use != Use.ASSIGNED) {
                    return;
                }
                kept = !draining && !slot.outdated;
                if (kept) {
                    keep(slot, ready);
                } else {
                    retire(slot);
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
            if (!kept) {
                environment.stop();
                onChange.run();
            }
        }

        private void keep(Slot slot, boolean ready) {
            slot.use = Use.IDLE;
            slot.idleSince = nanoTime.getAsLong();
            idle.addLast(slot);
            if (ready) {
                slot.kin.idle.addLast(slot);
            } else {
                slot.kin.idle.addFirst(slot); // It costs the next invocation an init, so any other is preferred.
            }
        }

        @Override
        public void stopped(Environment environment) {
            lock.lock();
            try {
                var slot = slots.remove(environment);
                if (slot != null && slot.use != Use.STOPPING) {
                    retire(slot);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            onChange.run();
        }
    }
}
