package io.kappa.router.admission.lots;

import io.kappa.contracts.function.FunctionArn;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A made-up world in which time is an event queue: routers, candidates for the owner, workers and a log, each router and candidate with a
 * clock of its own rate, and all that can go wrong. Times are milliseconds; true time is known to nobody but the world.
 */
final class LotRun {
    /** What the protocol takes for granted. A run without one of these shows that it is needed. */
    enum Given {
        /** Workers do not begin what reaches them too late. */
        LATE_STARTS_ARE_REFUSED,
        /** Workers end what runs longer than it may. */
        RUNS_ARE_BOUNDED,
        /** Nothing is recorded by a former owner. */
        FORMER_OWNERS_CANNOT_WRITE,
        /** Clocks run within the terms. */
        CLOCKS_ARE_GOOD
    }

    static final long LEASE = 10_000;
    static final long LONGEST_RUN = 15_000;
    static final LotTerms TERMS = new LotTerms(LEASE, Drift.ASSUMED);

    private static final long FAULTS_END = 150_000;
    private static final long RENEWAL = 2_500;

    private static final Pool UNRESERVED = new Pool.Unreserved();
    private static final List<Pool> POOLS = List.of(UNRESERVED, reserved("a"), reserved("b"));

    private final Random random;
    private final Set<Given> given;
    private final boolean limitsChange;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<LotGrant> log = new ArrayList<>();
    private final List<Router> routers = new ArrayList<>();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<KnownLimits> history = new ArrayList<>();
    private final Map<Pool, Integer> running = new HashMap<>();
    private final Map<Pool, Integer> mostAtTheEnd = new HashMap<>();

    private long now;
    private long order;
    private long epoch;
    private PoolLimits limits;
    private int started;
    private int refusedByWorkers;
    private int moved;
    private boolean flooding;
    private @Nullable String violation;

    private record Event(long time, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** Limits that one candidate went by in that while. */
    private static final class KnownLimits {
        private final PoolLimits limits;
        private long until = Long.MAX_VALUE;

        KnownLimits(PoolLimits limits) {
            this.limits = limits;
        }
    }

    LotRun(long seed, Set<Given> given, boolean limitsChange) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.given = given;
        this.limitsChange = limitsChange;
        this.limits = anyLimits();
    }

    static Set<Given> everything() {
        return EnumSet.allOf(Given.class);
    }

    private static Pool reserved(String function) {
        return new Pool.Reserved(FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:" + function));
    }

    private PoolLimits anyLimits() {
        int a = random.nextInt(4);
        int b = random.nextInt(3);
        int rest = 1 + random.nextInt(8);
        return new PoolLimits(a + b + rest, Map.of(POOLS.get(0), rest, POOLS.get(1), a, POOLS.get(2), b));
    }

    /** What went wrong, or null. */
    @Nullable
    String play() {
        for (int i = 0; i < 3; i++) {
            candidates.add(new Candidate());
        }
        elect();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            routers.add(new Router("r" + i));
        }
        after(random.nextInt(20_000), this::strike);
        long settled = FAULTS_END + 3 * TERMS.countedFor(LONGEST_RUN);
        run(settled);
        // From here on one router alone asks for everything there is.
        var last = routers.get(random.nextInt(routers.size()));
        flooding = true;
        POOLS.forEach(pool -> flood(last, pool));
        run(settled + 40_000);
        if (violation == null) {
            for (var pool : POOLS) {
                if (mostAtTheEnd.getOrDefault(pool, 0) != limits.of(pool)) {
                    violation = "of " + pool + " only " + mostAtTheEnd.get(pool) + " of " + limits.of(pool)
                            + " can be used once faults have stopped";
                }
            }
        }
        return violation;
    }

    int started() {
        return started;
    }

    /** Invocations that went on on a token of another pool. */
    int moved() {
        return moved;
    }

    int refusedByWorkers() {
        return refusedByWorkers;
    }

    private void run(long until) {
        while (violation == null && !events.isEmpty() && events.peek().time() <= until) {
            var event = events.remove();
            now = event.time();
            event.action().run();
        }
    }

    private void after(long delay, Runnable action) {
        events.add(new Event(now + delay, order++, action));
    }

    private boolean faulty() {
        return now < FAULTS_END;
    }

    private boolean chance(double probability) {
        return faulty() && random.nextDouble() < probability;
    }

    /** One stroke of bad luck, and the next some time later. */
    private void strike() {
        if (!faulty()) {
            return;
        }
        var router = routers.get(random.nextInt(routers.size()));
        var candidate = candidates.get(random.nextInt(candidates.size()));
        switch (random.nextInt(7)) {
            case 0 -> router.pause(30_000);
            case 1 -> router.restart();
            case 2 -> router.cutOffUntil = now + random.nextInt(40_000);
            case 3 -> candidate.pause(random.nextInt(40_000));
            case 4 -> candidate.cutOffUntil = now + random.nextInt(40_000);
            case 5 -> elect();
            default -> {
                if (limitsChange) {
                    changeLimits();
                }
            }
        }
        after(random.nextInt(12_000), this::strike);
    }

    private void changeLimits() {
        limits = anyLimits();
        for (var candidate : candidates) {
            // As from a topic: late, but never an older state after a newer one.
            after(random.nextInt(2_000), () -> candidate.act(() -> candidate.learn(limits)));
        }
    }

    /** Makes another candidate the owner. The one before hears of it late, if at all. */
    private void elect() {
        var candidate = candidates.get(random.nextInt(candidates.size()));
        long next = ++epoch;
        candidate.act(() -> candidate.takeOver(next));
    }

    private void send(Node from, Node to, Runnable arrival) {
        if (now < from.cutOffUntil || now < to.cutOffUntil || chance(0.05)) {
            return;
        }
        int copies = chance(0.1) ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            after(delay(), () -> to.act(arrival));
        }
    }

    private long delay() {
        return chance(0.05) ? random.nextInt(25_000) : 1 + random.nextInt(50);
    }

    /** A process with a clock. While it is paused everything that reaches it waits. */
    private abstract class Node {
        private final double rate;
        private final long offset = random.nextInt(1_000_000_000);
        private final List<Runnable> waiting = new ArrayList<>();
        private long pausedUntil;
        long cutOffUntil;

        Node() {
            double most = given.contains(Given.CLOCKS_ARE_GOOD) ? 0.01 : 0.3;
            rate = 1 + most * (random.nextInt(3) - 1);
        }

        long clock() {
            return (long) (offset + now * rate);
        }

        /** How long it truly takes until its clock shows that time. */
        long until(long time) {
            return Math.max(0, (long) Math.ceil((time - offset) / rate) - now);
        }

        void pause(long duration) {
            if (pausedUntil <= now) {
                after(duration, this::wake);
            }
            pausedUntil = Math.max(pausedUntil, now + duration);
        }

        private void wake() {
            if (pausedUntil > now) {
                after(pausedUntil - now, this::wake);
                return;
            }
            var all = List.copyOf(waiting);
            waiting.clear();
            all.forEach(this::act);
        }

        void act(Runnable action) {
            if (pausedUntil > now) {
                waiting.add(action);
            } else {
                action.run();
            }
        }
    }

    private final class Candidate extends Node {
        private PoolLimits known = limits;
        private @Nullable LotOwner owner;
        private long ownEpoch;
        private KnownLimits current = new KnownLimits(limits);

        Candidate() {
            history.add(current);
        }

        void learn(PoolLimits changed) {
            known = changed;
            current.until = now;
            current = new KnownLimits(changed);
            history.add(current);
            if (owner != null) {
                owner.limit(changed);
            }
        }

        void takeOver(long next) {
            if (next != epoch) {
                return;
            }
            var taking = new LotOwner(TERMS, known);
            long time = clock();
            log.forEach(grant -> taking.apply(grant, time));
            owner = taking;
            ownEpoch = next;
        }

        void hear(LotRequest request, Router from) {
            if (owner == null) {
                return;
            }
            var deciding = owner;
            long time = clock();
            deciding.forget(time);
            deciding.decide(request, time).ifPresent(grant -> {
                if (chance(0.01)) {
                    pause(random.nextInt(30_000)); // Between deciding and recording.
                }
                act(() -> record(deciding, grant, time, from));
            });
        }

        private void record(LotOwner deciding, LotGrant grant, long time, Router from) {
            if (deciding != owner) {
                return;
            }
            if (ownEpoch != epoch && given.contains(Given.FORMER_OWNERS_CANNOT_WRITE)) {
                owner = null;
                return;
            }
            log.add(grant);
            deciding.apply(grant, time);
            send(this, from, () -> from.holder.accept(grant));
        }
    }

    private final class Router extends Node {
        private final String name;
        private LotHolder holder;
        private int incarnation;

        Router(String name) {
            this.name = name;
            this.holder = newHolder();
            renew(holder);
            arrive();
        }

        private LotHolder newHolder() {
            return new LotHolder(new HolderId(name, "i" + ++incarnation), Drift.ASSUMED, _ -> LONGEST_RUN);
        }

        /** Comes back as another, after a farewell or without. */
        void restart() {
            if (random.nextBoolean()) {
                var farewell = holder.farewell(clock());
                for (var candidate : candidates) {
                    send(this, candidate, () -> candidate.hear(farewell, this));
                }
            }
            holder = newHolder();
            super.waiting.clear();
            renew(holder);
        }

        private void renew(LotHolder renewing) {
            if (renewing != holder) {
                return;
            }
            var request = renewing.ask(clock());
            for (var candidate : candidates) {
                send(this, candidate, () -> candidate.hear(request, this));
            }
            after(RENEWAL, () -> act(() -> renew(renewing)));
        }

        private void arrive() {
            if (faulty()) {
                invoke(POOLS.get(random.nextInt(POOLS.size())));
                after(random.nextInt(600), this::arrive);
            }
        }

        /** The clock is read, a token is taken, a worker is asked; the process may stand still between any two of these. */
        void invoke(Pool pool) {
            var entering = holder;
            act(() -> {
                long time = clock();
                if (chance(0.003)) {
                    pause(30_000);
                }
                act(() -> {
                    if (entering != holder) {
                        return;
                    }
                    entering.enter(pool, LONGEST_RUN, time).ifPresent(ticket -> {
                        if (chance(0.003)) {
                            pause(30_000);
                        }
                        act(() -> dispatch(entering, new Admitted(pool), ticket));
                    });
                });
            });
        }

        private void dispatch(LotHolder entering, Admitted admitted, Ticket ticket) {
            if (entering != holder) {
                return;
            }
            int attempt = ++admitted.attempts;
            after(
                    until(ticket.overBy()),
                    () -> act(() -> {
                        if (admitted.attempts == attempt) {
                            leave(entering, admitted);
                        }
                    }));
            long start = ticket.startBefore();
            after(delay(), () -> {
                if (until(start) <= 0 && given.contains(Given.LATE_STARTS_ARE_REFUSED)) {
                    refusedByWorkers++;
                    after(delay(), () -> act(() -> refused(entering, admitted)));
                } else {
                    begin(admitted, () -> {
                        if (!chance(0.1)) {
                            after(delay(), () -> act(() -> leave(entering, admitted)));
                        }
                    });
                    if (chance(0.2)) {
                        after(random.nextInt(5_000), () -> act(() -> move(entering, admitted)));
                    }
                }
            });
        }

        /** Asks again where it may, and gives up otherwise. */
        private void refused(LotHolder entering, Admitted admitted) {
            if (admitted.left) {
                return;
            }
            entering.renew(admitted.pool, LONGEST_RUN, clock())
                    .ifPresentOrElse(ticket -> dispatch(entering, admitted, ticket), () -> leave(entering, admitted));
        }

        private void leave(LotHolder entering, Admitted admitted) {
            if (!admitted.left) {
                admitted.left = true;
                entering.leave(admitted.pool);
            }
        }

        /** As when the function has another pool from now on. */
        private void move(LotHolder entering, Admitted admitted) {
            var to = POOLS.get(random.nextInt(POOLS.size()));
            if (admitted.left || entering != holder || !entering.transfer(to, LONGEST_RUN, clock())) {
                return;
            }
            entering.leave(admitted.pool);
            if (admitted.running) {
                moved++;
                running.merge(admitted.pool, -1, Integer::sum);
                running.merge(to, 1, Integer::sum);
                check(to);
            }
            admitted.pool = to;
        }
    }

    /** An invocation that was admitted. */
    private static final class Admitted {
        private Pool pool;
        private int attempts;
        private boolean running;
        private boolean left;

        Admitted(Pool pool) {
            this.pool = pool;
        }
    }

    private void begin(Admitted admitted, Runnable end) {
        started++;
        admitted.running = true;
        running.merge(admitted.pool, 1, Integer::sum);
        check(admitted.pool);
        if (flooding) {
            mostAtTheEnd.merge(admitted.pool, running.getOrDefault(admitted.pool, 0), Math::max);
        }
        long bound = given.contains(Given.RUNS_ARE_BOUNDED) ? LONGEST_RUN : 4 * LONGEST_RUN;
        long duration = switch (random.nextInt(3)) {
            case 0 -> bound - 1;
            case 1 -> random.nextInt((int) bound);
            default -> random.nextInt(2_000);
        };
        after(duration, () -> {
            admitted.running = false;
            running.merge(admitted.pool, -1, Integer::sum);
            end.run();
        });
    }

    /** Nothing begins beyond the highest limit that an owner may have gone by when it last granted to whoever admitted this. */
    private void check(Pool pool) {
        long since = now - Drift.ASSUMED.surely(LEASE);
        int most = 0;
        int mostOfAll = 0;
        for (var known : history) {
            if (known.until >= since) {
                most = Math.max(most, known.limits.of(pool));
                mostOfAll = Math.max(mostOfAll, known.limits.account());
            }
        }
        int all = running.values().stream().mapToInt(Integer::intValue).sum();
        if (running.getOrDefault(pool, 0) > most) {
            violation = running.get(pool) + " run of " + pool + " at " + now + ", where no more than " + most + " may";
        } else if (all > mostOfAll) {
            violation = all + " run in all at " + now + ", where no more than " + mostOfAll + " may";
        }
    }

    private void flood(Router router, Pool pool) {
        for (int i = 0; i < 3; i++) {
            router.invoke(pool);
        }
        after(200, () -> flood(router, pool));
    }
}
