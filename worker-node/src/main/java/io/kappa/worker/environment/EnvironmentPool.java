package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.worker.environment.EnvironmentPool.Decision.Assign;
import io.kappa.worker.environment.EnvironmentPool.Decision.Refuse;
import io.kappa.worker.environment.EnvironmentPool.Decision.Start;
import io.kappa.worker.environment.EnvironmentPool.Decision.Wait;
import io.kappa.worker.environment.InvocationOutcome.Answer;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.kappa.worker.environment.PoolBook.Slot;
import io.kappa.worker.environment.PoolBook.Use;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All execution environments of this machine, and who gets which. An invocation is given an idle environment of its version, the one used
 * last; one that is provisioned before any other. Where there is none it waits: for one that has answered and is just about to be idle, or for a new one, whichever comes first.
 * Idle environments of other versions are retired where memory is short for a new one, least recently used first; where even that does
 * not help the invocation is refused, because another machine may have room.
 *
 * <p>May be called from any thread. The lock is held for a few steps in memory and never while an environment does something: what an
 * environment is told goes to its own event loop, and what it says of itself comes from there.
 */
public final class EnvironmentPool implements InvocationRunner, ProvisionedEnvironments, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentPool.class);
    private static final Duration STOPPING_TAKES_AT_MOST = Duration.ofSeconds(10);

    /**
     * How long an invocation waits for no more than that a runtime which has answered comes back. A caller that invokes again at once is
     * here before its runtime, which takes a fraction of a millisecond; to start another for nothing takes several times as long as this.
     * Looked after at this interval, so that some wait for up to twice as long.
     */
    private static final Duration RETURN_TAKES_AT_MOST = Duration.ofMillis(10);

    /** Under pressure of memory each sweep retires one in so many idle environments: the figures follow some seconds later. */
    private static final int ONE_IN = 8;

    private final EnvironmentPoolSettings settings;
    private final EnvironmentMaker maker;
    private final Predicate<EnvironmentKey> current;
    private final PoolTime time;
    private final MachineMemory memory;
    private final EnvironmentMetrics metrics;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PoolBook book;
    private final Environment.Owner owner = new Owner();
    private boolean draining;
    private volatile Runnable onChange = () -> {};
    private volatile ProvisionedEnvironments.Listener losses = new NobodyListens();

    /** Makes environments, which begin to live when they are started. */
    @FunctionalInterface
    interface EnvironmentMaker {
        Environment make(EnvironmentKey key, Deployment deployment, InitializationType type, Environment.Owner owner);
    }

    /** How full the pool is: the environments that are not idle have, or just had, an invocation. */
    public record Usage(int usedMegabytes, int busy, int idle, boolean draining) {}

    /** What is to be done about a request. */
    sealed interface Decision {
        record Assign(Environment environment) implements Decision {}

        /**
         * The request waits for whichever environment is idle next, which may be this one.
         *
         * @param evicted must go so that it fits
         */
        record Start(Environment environment, List<Slot> evicted) implements Decision {}

        /** @param unwatched whether nobody looks yet after those who wait for that key */
        record Wait(boolean unwatched) implements Decision {}

        record Refuse(Refusal refusal) implements Decision {}
    }

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
            Predicate<EnvironmentKey> current) {
        var metrics = workshop.metrics();
        var maker = workshop.maker(loops, each);
        var memory = new LinuxMemory(Path.of("/proc"));
        var pool = new EnvironmentPool(settings, maker, current, workshop.time(), memory, metrics);
        metrics.watch(pool);
        return pool;
    }

    EnvironmentPool(
            EnvironmentPoolSettings settings,
            EnvironmentMaker maker,
            Predicate<EnvironmentKey> current,
            PoolTime time,
            MachineMemory memory,
            EnvironmentMetrics metrics) {
        this.settings = settings;
        this.maker = maker;
        this.current = current;
        this.time = time;
        this.memory = memory;
        this.metrics = metrics;
        this.book = new PoolBook(settings);
    }

    /** Sets what is called, quickly and without the lock, when memory in use, what there is of a version, or draining has changed. */
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    @Override
    public void invoke(EnvironmentKey key, Deployment deployment, Invocation invocation, Answer answer) {
        var request = new InvocationRequest(key, deployment, invocation, answer, time.nanoTime());
        Decision decision;
        lock.lock();
        try {
            decision = decide(request);
        } finally {
            lock.unlock();
        }
        carryOut(decision, request);
    }

    private Decision decide(InvocationRequest request) {
        if (draining) {
            return new Refuse(Refusal.DRAINING);
        }
        var slot = book.takeIdle(request.key());
        if (slot != null) {
            noteUse(slot);
            return new Assign(slot.environment());
        }
        boolean another = book.hasOneToSpare(request.key());
        book.waits(request);
        return another ? new Wait(book.watch(request.key())) : start(request);
    }

    private void noteUse(Slot slot) {
        if (book.wasAhead(slot)) {
            metrics.usedAhead();
        }
    }

    /** Starts an environment for a request that waits, and lets it wait no longer where there is no room for one. */
    private Decision start(InvocationRequest request) {
        var evicted = book.makeRoom(request.megabytes());
        if (evicted == null) {
            book.waitsNoLonger(request);
            return new Refuse(Refusal.FULL);
        }
        var key = request.key();
        metrics.coldStart(book.has(key) ? StartCause.SCALE : StartCause.FIRST);
        return new Start(make(key, request.deployment(), InitializationType.ON_DEMAND), evicted);
    }

    private Environment make(EnvironmentKey key, Deployment deployment, InitializationType type) {
        return add(key, deployment, type).environment();
    }

    private Slot add(EnvironmentKey key, Deployment deployment, InitializationType type) {
        var environment = maker.make(key, deployment, type, owner);
        int megabytes = deployment.configuration().memoryMegabytes();
        return book.add(
                environment, key, megabytes, type == InitializationType.PROVISIONED_CONCURRENCY, time.nanoTime());
    }

    /**
     * Starts environments before there are invocations for them, until that many of the key live or start, as far as memory is to spare:
     * nothing goes for them.
     *
     * @param mostMegabytes that environments may have together which were started so and not used yet
     * @return how many live or start then
     */
    public int startAhead(EnvironmentKey key, Deployment deployment, int count, int mostMegabytes) {
        int megabytes = deployment.configuration().memoryMegabytes();
        var started = new ArrayList<Environment>();
        int living;
        lock.lock();
        try {
            while (!draining && book.living(key) < count && book.hasRoomAhead(megabytes, mostMegabytes)) {
                var slot = add(key, deployment, InitializationType.ON_DEMAND);
                book.startedAhead(slot);
                started.add(slot.environment());
            }
            living = book.living(key);
        } finally {
            lock.unlock();
        }
        for (var environment : started) {
            metrics.coldStart(StartCause.READINESS);
            environment.start();
        }
        if (!started.isEmpty()) {
            onChange.run();
        }
        return living;
    }

    @Override
    public void onLoss(ProvisionedEnvironments.Listener listener) {
        losses = listener;
    }

    @Override
    public boolean startProvisioned(EnvironmentKey key, Deployment deployment, boolean replacing) {
        Environment environment;
        List<Slot> evicted;
        lock.lock();
        try {
            evicted = draining ? null : book.makeRoom(deployment.configuration().memoryMegabytes());
            if (evicted == null) {
                return false;
            }
            environment = make(key, deployment, InitializationType.PROVISIONED_CONCURRENCY);
        } finally {
            lock.unlock();
        }
        metrics.coldStart(replacing ? StartCause.AHEAD : StartCause.PROVISIONED);
        environment.start();
        stop(evicted, RetirementReason.ROOM);
        onChange.run();
        return true;
    }

    @Override
    public void release(EnvironmentKey key, int count) {
        lock.lock();
        try {
            long now = time.nanoTime();
            book.slots().stream()
                    .filter(slot -> slot.kept() && slot.key().equals(key))
                    .sorted(Comparator.comparing((Slot slot) -> !slot.old(now))
                            .thenComparing(slot -> slot.use() != Use.STARTING)
                            .thenComparing(slot -> slot.use() != Use.IDLE))
                    .limit(count)
                    .forEach(slot -> book.release(slot, now));
        } finally {
            lock.unlock();
        }
        onChange.run();
    }

    @Override
    public Map<EnvironmentKey, Count> provisioned() {
        lock.lock();
        try {
            return book.provisioned(time.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** How many environments provisioned concurrency keeps ready, of all versions. */
    int provisionedReady() {
        return provisioned().values().stream().mapToInt(Count::ready).sum();
    }

    /** Looks once after those who wait for a return, for all of them together: waiting is frequent, and waiting in vain is not. */
    private void watch(EnvironmentKey key) {
        time.after(RETURN_TAKES_AT_MOST, () -> returnsOverdue(key));
    }

    private void returnsOverdue(EnvironmentKey key) {
        while (startForOverdue(key)) {
            // There may be more.
        }
        boolean again;
        lock.lock();
        try {
            again = book.keepWatching(key);
        } finally {
            lock.unlock();
        }
        if (again) {
            watch(key);
        }
    }

    private boolean startForOverdue(EnvironmentKey key) {
        InvocationRequest request;
        Decision decision;
        lock.lock();
        try {
            request = book.overdue(key, time.nanoTime() - RETURN_TAKES_AT_MOST.toNanos());
            if (request == null) {
                return false;
            }
            decision = start(request);
        } finally {
            lock.unlock();
        }
        carryOut(decision, request);
        return true;
    }

    private void carryOut(Decision decision, InvocationRequest request) {
        switch (decision) {
            case Assign(var environment) -> environment.invoke(request.invocation(), request.answer());
            case Start(var environment, var evicted) -> {
                environment.start();
                stop(evicted, RetirementReason.ROOM);
                onChange.run();
            }
            case Wait(var unwatched) -> {
                if (unwatched) {
                    watch(request.key());
                }
            }
            case Refuse(var refusal) -> refuse(request, refusal);
        }
    }

    private void refuse(InvocationRequest request, Refusal refusal) {
        countRefusal(refusal);
        request.answer().give(new Refused(refusal));
    }

    @Override
    public void countRefusal(Refusal refusal) {
        metrics.refused(refusal);
    }

    private void stop(List<Slot> retired, RetirementReason reason) {
        metrics.retired(reason, retired.size());
        for (var slot : retired) {
            slot.environment().stop();
        }
    }

    /** Retires what no longer runs what the registry says of the function: idle environments now, busy ones when they are done. */
    public void review(FunctionArn function) {
        lock.lock();
        try {
            for (var slot : book.slots()) {
                if (slot.key().version().function().equals(function) && !current.test(slot.key())) {
                    slot.outdate();
                }
            }
        } finally {
            lock.unlock();
        }
        retireIdle(RetirementReason.OUTDATED, Slot::outdated);
    }

    /**
     * Retires what has been idle for too long or is too old, what became outdated just when it was assigned, and some of what is worth least
     * where the machine runs short of memory. To be called every now and then.
     */
    public void sweep() {
        long now = time.nanoTime();
        long longest = settings.idleTimeout().toNanos();
        retireIdle(RetirementReason.OUTDATED, slot -> !current.test(slot.key()));
        retireIdle(RetirementReason.OLD, slot -> !slot.provisioned() && slot.old(now));
        retireIdle(RetirementReason.IDLE, slot -> !slot.provisioned() && now - slot.idleSince() >= longest);
        if (machineIsShort()) {
            relieve();
        }
    }

    /** Whether the machine runs short of memory, whoever uses it. */
    public boolean machineIsShort() {
        return settings.pressure().isHigh(memory.read());
    }

    private void relieve() {
        List<Slot> retired;
        lock.lock();
        try {
            var retirable = book.retirable();
            retired = retirable.stream()
                    .limit(Math.ceilDiv(retirable.size(), ONE_IN))
                    .toList();
            retired.forEach(book::retire);
        } finally {
            lock.unlock();
        }
        if (!retired.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("environments", retired.size())
                    .log("idle environments retired because the machine runs short of memory");
        }
        stopped(retired, RetirementReason.PRESSURE);
    }

    private void retireIdle(RetirementReason reason, Predicate<Slot> goes) {
        List<Slot> retired;
        lock.lock();
        try {
            retired = book.idle(goes);
            retired.forEach(book::retire);
        } finally {
            lock.unlock();
        }
        stopped(retired, reason);
    }

    private void stopped(List<Slot> retired, RetirementReason reason) {
        if (!retired.isEmpty()) {
            stop(retired, reason);
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
        retireIdle(RetirementReason.DRAINING, _ -> true);
        stopStartsForNobody();
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (book.living() > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (book.living() > 0) {
                LOG.atWarn()
                        .addKeyValue("environments", book.living())
                        .log("drained for as long as allowed; the rest is cut off");
            }
        } finally {
            lock.unlock();
        }
    }

    private void stopStartsForNobody() {
        List<Slot> retired;
        lock.lock();
        try {
            retired = book.startingForNobody();
            retired.forEach(book::retire);
        } finally {
            lock.unlock();
        }
        stopped(retired, RetirementReason.DRAINING);
    }

    /** Ends every environment, whatever it does. */
    @Override
    public void close() {
        long left = STOPPING_TAKES_AT_MOST.toNanos();
        List<InvocationRequest> sentAway;
        lock.lock();
        try {
            draining = true;
            sentAway = book.sendAwayAll();
        } finally {
            lock.unlock();
        }
        sentAway.forEach(request -> refuse(request, Refusal.DRAINING));
        lock.lock();
        try {
            for (var slot : book.slots()) {
                if (slot.use() != Use.STOPPING) {
                    book.retire(slot);
                    slot.environment().stop();
                }
            }
            while (!book.slots().isEmpty() && left > 0) {
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
            int idle = book.idleCount();
            return new Usage(book.usedMegabytes(), book.living() - idle, idle, draining);
        } finally {
            lock.unlock();
        }
    }

    /** What this machine has of each version. Without those that still start, and without those that have been told to stop. */
    public List<Environments> census() {
        lock.lock();
        try {
            return book.census(time.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private static final class NobodyListens implements ProvisionedEnvironments.Listener {
        @Override
        public void failed(EnvironmentKey key, ProvisionedProblem problem) {}

        @Override
        public void lost(EnvironmentKey key, Duration readyFor) {}
    }

    /** Hears from the environments. */
    private final class Owner implements Environment.Owner {
        @Override
        public void answered(Environment environment) {
            lock.lock();
            try {
                var slot = book.find(environment);
                if (slot == null || slot.use() != Use.ASSIGNED) {
                    return;
                }
                if (slot.old(time.nanoTime()) && !slot.provisioned()) {
                    slot.goAfterUse(); // Nobody is to wait for it.
                } else {
                    book.returning(slot);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void idle(Environment environment, boolean ready) {
            available(environment, ready, null);
        }

        @Override
        public void initFailed(Environment environment, InitFailure failure) {
            available(environment, false, failure);
        }

        /** @param failure of its init; null where that has not just failed */
        private void available(Environment environment, boolean ready, @Nullable InitFailure failure) {
            InvocationRequest next = null;
            RetirementReason goes = null;
            Runnable loss = null;
            boolean first;
            lock.lock();
            try {
                var slot = book.find(environment);
                if (slot == null || slot.use() == Use.STOPPING) {
                    return;
                }
                first = slot.use() == Use.STARTING;
                long now = time.nanoTime();
                if (slot.provisioned() && !ready) {
                    loss = loss(slot, failure, now);
                    book.release(slot, now);
                    goes = RetirementReason.FAILED;
                }
                next = slot.goesAfterUse() ? null : book.serve(slot, now);
                if (next != null) {
                    noteUse(slot);
                } else {
                    goes = reasonToGo(slot, goes);
                    if (goes == null) {
                        book.keepIdle(slot, ready, now);
                    } else {
                        book.retire(slot);
                        changed.signalAll();
                    }
                }
            } finally {
                lock.unlock();
            }
            if (next != null) {
                environment.invoke(next.invocation(), next.answer());
            } else if (goes != null) {
                metrics.retired(goes, 1);
                environment.stop();
            }
            if (first || goes != null) {
                onChange.run();
            }
            if (loss != null) {
                loss.run();
            }
        }

        private @Nullable RetirementReason reasonToGo(Slot slot, @Nullable RetirementReason known) {
            if (known != null) {
                return known;
            }
            if (slot.goesAfterUse()) {
                return RetirementReason.OLD;
            }
            if (slot.outdated()) {
                return RetirementReason.OUTDATED;
            }
            return draining ? RetirementReason.DRAINING : null;
        }

        private Runnable loss(Slot slot, @Nullable InitFailure failure, long now) {
            var key = slot.key();
            if (failure != null) {
                return () -> losses.failed(key, ProvisionedProblem.of(failure));
            }
            var readyFor = Duration.ofNanos(now - slot.readyNanos());
            return () -> losses.lost(key, readyFor);
        }

        @Override
        public void ended(Environment environment) {
            Runnable loss;
            lock.lock();
            try {
                var slot = book.find(environment);
                if (slot == null || slot.use() != Use.IDLE) {
                    return; // Whoever has it now, or waits for its end, is told by itself.
                }
                if (!slot.provisioned()) {
                    book.unready(slot);
                    return;
                }
                loss = loss(slot, null, time.nanoTime());
                book.retire(slot);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            metrics.retired(RetirementReason.FAILED, 1);
            environment.stop();
            loss.run();
            onChange.run();
        }

        @Override
        public void unavailable(Environment environment, Refusal refusal) {
            boolean provisioned;
            InvocationRequest stranded;
            lock.lock();
            try {
                var slot = book.find(environment);
                provisioned = slot != null && slot.provisioned();
                stranded = remove(slot);
            } finally {
                lock.unlock();
            }
            if (stranded != null) {
                refuse(stranded, refusal);
            }
            watch(environment.key()); // Whoever was to have it waits for no more than a return now.
            if (provisioned) {
                losses.failed(environment.key(), ProvisionedProblem.of(refusal));
            }
            onChange.run();
        }

        @Override
        public void stopped(Environment environment) {
            lock.lock();
            try {
                remove(book.find(environment));
            } finally {
                lock.unlock();
            }
            onChange.run();
        }

        private @Nullable InvocationRequest remove(@Nullable Slot slot) {
            changed.signalAll();
            return slot == null ? null : book.remove(slot);
        }
    }
}
