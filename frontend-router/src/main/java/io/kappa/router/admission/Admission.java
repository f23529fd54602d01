package io.kappa.router.admission;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.router.admission.FunctionRoom.Provision;
import io.kappa.router.admission.WaitingInvocations.Verdict;
import io.kappa.router.admission.WaitingInvocations.Waiting;
import io.kappa.router.admission.lots.Drift;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.admission.lots.LotGrant;
import io.kappa.router.admission.lots.LotHolder;
import io.kappa.router.admission.lots.LotRequest;
import io.kappa.router.admission.lots.Pool;
import io.kappa.router.admission.lots.Ticket;
import io.kappa.router.dispatch.StartPermit;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.AccountQuotas;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an account and its functions to their limits, together with all other routers: what is reserved for a function, what the others
 * share, what the account has in all, how many requests come in a second, and how fast functions grow. Admits from the tokens that the
 * account's owner has lent this router ({@code docs/decisions/0008}), and asks nobody as long as there is one left.
 *
 * <pre>
 *   enter ──a token is here──────────────────────▶ Place ── leave / abandon ──▶
 *     ├──────all of the pool is here and in use──▶ refused
 *     └──────the owner may have one──▶ await ──▶ Place, or refused
 * </pre>
 *
 * <p>Called by all event loops at once. Entering and leaving take no lock. What is counted too high for an instant, by one who is about to be
 * refused, may refuse another; nothing is ever counted too low.
 */
public final class Admission {
    /** Requests in a second, for each invocation that may run at once. */
    private static final long REQUESTS = 10;

    /** How long the owner's answer that there is no more is taken for its present one. */
    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(100);

    /** How often what waits is looked after, at least. */
    private static final long LOOKED_AFTER = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long IDLE = TimeUnit.SECONDS.toNanos(1);
    private static final Pool UNRESERVED = new Pool.Unreserved();

    private final AccountLimits limits;
    private final ToIntFunction<VersionArn> usable;
    private final MeterRegistry meters;
    private final LongSupplier nanos;
    private final long started;
    private final long patience;
    private final LotHolder tokens;
    private final Renewals renewals;
    private final AdmissionMetrics metrics;

    /** As many as functions that were ever invoked or had a reservation, fewer than the registry remembers. */
    private final Map<FunctionArn, FunctionRoom> rooms = new ConcurrentHashMap<>();

    private final Set<FunctionRoom> unsettled = ConcurrentHashMap.newKeySet();
    private final AtomicInteger running = new AtomicInteger();
    private final RateLimit unreservedRequests = new RateLimit(TimeUnit.SECONDS.toNanos(1));
    private final WaitingInvocations waiting = new WaitingInvocations();
    private final PriorityBlockingQueue<Place> abandoned =
            new PriorityBlockingQueue<>(16, Comparator.comparingLong(Place::overBySinceStart));
    private volatile Runnable urged = () -> {};

    /** What an admitted invocation holds until it ends. Given back by whoever notices the end, and once however many do. */
    public final class Place implements StartPermit {
        private final FunctionRoom room;
        private final Pool pool;
        private final long run;
        private final AtomicBoolean left = new AtomicBoolean();
        private volatile long startBefore;
        private volatile long overBy;

        private Place(FunctionRoom room, Pool pool, long run, long startBefore, long overBy) {
            this.room = room;
            this.pool = pool;
            this.run = run;
            this.startBefore = startBefore;
            this.overBy = overBy;
        }

        @Override
        public long startBefore() {
            return startBefore;
        }

        @Override
        public boolean renew() {
            var renewed = renewed();
            if (renewed.isEmpty()) {
                return false;
            }
            startBefore = renewed.get().startBefore();
            overBy = renewed.get().overBy();
            return true;
        }

        /** Nothing while the function has tokens of two pools: which of them this would be, nobody knows. */
        private Optional<Ticket> renewed() {
            if (pool instanceof Pool.Provisioned) {
                return tokens.renew(pool, run, nanos.getAsLong());
            }
            return room.isSettled() ? tokens.renew(room.pool(), run, nanos.getAsLong()) : Optional.empty();
        }

        /** The invocation is known to be over, or to have never begun. */
        public void leave() {
            if (left.compareAndSet(false, true)) {
                giveBack(room, pool);
                waiting.serve(room.pool(), Admission.this::judge);
            }
        }

        /** Nobody will hear of the invocation, which may run still: it is counted for as long as it may. */
        public void abandon() {
            abandoned.add(this);
        }

        private long overBySinceStart() {
            return overBy - started;
        }
    }

    /**
     * @param id of this router's present life
     * @param limits tells what is reserved and provisioned, also from now on
     * @param usable how many provisioned environments of a version may be used; asked only for versions of which some are to be kept
     * @param nanos a clock that never goes back, such as {@link System#nanoTime}
     */
    public Admission(
            HolderId id,
            AccountLimits limits,
            ToIntFunction<VersionArn> usable,
            AdmissionSettings settings,
            MeterRegistry meters,
            LongSupplier nanos) {
        this.limits = limits;
        this.usable = usable;
        this.meters = meters;
        this.nanos = nanos;
        this.started = nanos.getAsLong();
        this.patience = settings.patience().toNanos();
        this.tokens = new LotHolder(id, Drift.ASSUMED, limits::longestRun);
        this.renewals = new Renewals(settings.lease().toNanos());
        this.metrics = new AdmissionMetrics(meters);
        Gauge.builder("kappa.router.concurrent.executions", running, AtomicInteger::get)
                .description("Invocations that run")
                .register(meters);
        Gauge.builder("kappa.router.unreserved.concurrent.executions", tokens, held -> held.running(UNRESERVED))
                .description("Invocations that run of functions without reserved concurrency")
                .register(meters);
        Gauge.builder("kappa.router.claimed.account.concurrency", this, Admission::claimed)
                .description(
                        "Concurrency of the account that is reserved or provisioned, or in use by functions without either")
                .register(meters);
        Gauge.builder("kappa.router.admission.waiting", waiting, WaitingInvocations::count)
                .description("Invocations that wait for the owner of the account's limits")
                .register(meters);
        Gauge.builder("kappa.router.lots.tokens", tokens, held -> held.tokens(UNRESERVED))
                .description("Invocations that may run at once on what this router was lent")
                .tag("pool", "unreserved")
                .register(meters);
        Gauge.builder("kappa.router.lots.tokens", tokens, held -> held.tokens(Pool.Reserved.class))
                .description("Invocations that may run at once on what this router was lent")
                .tag("pool", "reserved")
                .register(meters);
        Gauge.builder("kappa.router.lots.tokens", tokens, held -> held.tokens(Pool.Provisioned.class))
                .description("Invocations that may run at once on what this router was lent")
                .tag("pool", "provisioned")
                .register(meters);
        Gauge.builder(
                        "kappa.router.provisioned.concurrent.executions",
                        tokens,
                        held -> held.running(Pool.Provisioned.class))
                .description("Invocations that run on provisioned concurrency")
                .register(meters);
        tokens.expect(UNRESERVED, true);
        limits.follow(this::changed);
    }

    private double claimed() {
        return (double) limits.allocated() + tokens.running(UNRESERVED);
    }

    private void changed(FunctionArn function) {
        if (takeOver(function)) {
            urge();
        }
    }

    /** Takes over what is reserved for the function now. @return whether that has to do with anything here */
    private synchronized boolean takeOver(FunctionArn function) {
        var pool = limits.pool(function);
        var known = rooms.get(function);
        var provisioned = limits.provisioned(function);
        boolean reserved = !pool.equals(UNRESERVED);
        boolean had = known != null
                && (!known.pool().equals(UNRESERVED) || !known.provisioned().isEmpty());
        if (!reserved && provisioned.isEmpty() && !had) {
            return false;
        }
        var room = known == null ? room(function) : known;
        if (!room.pool().equals(pool)) {
            room.pool(pool);
            unsettled.add(room);
        }
        tokens.expect(new Pool.Reserved(function), reserved);
        room.provisioned().stream()
                .filter(version -> !provisioned.contains(version))
                .forEach(version -> tokens.expect(provisionedPool(function, version), false));
        provisioned.forEach(version -> tokens.expect(provisionedPool(function, version), true));
        room.provision(provisioned);
        return true;
    }

    private static Pool provisionedPool(FunctionArn function, Version version) {
        return new Pool.Provisioned(new VersionArn(function, version));
    }

    private FunctionRoom room(FunctionArn function) {
        var room = rooms.get(function);
        return room == null ? rooms.computeIfAbsent(function, this::newRoom) : room;
    }

    private FunctionRoom newRoom(FunctionArn function) {
        var room = new FunctionRoom(function, limits.pool(function));
        Gauge.builder("kappa.router.function.concurrent.executions", room, FunctionRoom::running)
                .description("Invocations that run of one function")
                .tag("function", function.name().value())
                .register(meters);
        return room;
    }

    /**
     * Lets an invocation in where it can be decided here and now.
     *
     * @param timeoutSeconds of the version that is to run
     * @return null where the owner has to be asked first: see {@link #await}
     * @throws LambdaApiException where a limit is reached; its reason says which
     */
    public @Nullable Place enter(VersionArn version, int timeoutSeconds) {
        var room = room(version.function());
        long run = AccountLimits.run(timeoutSeconds);
        long now = nanos.getAsLong();
        var place = take(room, version.version(), run, now);
        if (place == null && !isWorthAsking(room, version.version(), run, now)) {
            urgeWhereOthersHave(room.pool());
            throw refusal(room, now);
        }
        return place;
    }

    /**
     * Lets an invocation in once the owner has been asked, without a thread that waits.
     *
     * @param timeoutSeconds as above
     * @return ends with a {@link LambdaApiException} where a limit is reached, or the owner does not answer in time
     */
    public CompletionStage<Place> await(VersionArn version, int timeoutSeconds) {
        var room = room(version.function());
        long run = AccountLimits.run(timeoutSeconds);
        long now = nanos.getAsLong();
        var place = new CompletableFuture<Place>();
        if (waiting.add(new Waiting(room, version.version(), run, now + patience, place))) {
            urge();
            waiting.serve(room.pool(), this::judge);
        } else {
            place.completeExceptionally(refusal(room, now));
        }
        return place;
    }

    private Verdict judge(Waiting one) {
        long now = nanos.getAsLong();
        try {
            var place = take(one.room(), one.version(), one.run(), now);
            if (place != null) {
                return new Verdict.Enters(place);
            }
            return now - one.until() < 0 && isWorthAsking(one.room(), one.version(), one.run(), now)
                    ? new Verdict.Waits()
                    : new Verdict.Refused(refusal(one.room(), now));
        } catch (LambdaApiException e) {
            return new Verdict.Refused(e);
        }
    }

    /** Null where there is no token. Beyond what is provisioned, and beyond the requests that this is for, as without. */
    private @Nullable Place take(FunctionRoom room, Version version, long run, long now) {
        var provision = room.provision(version);
        int ready = provision == null ? 0 : usable(provision);
        if (provision == null || ready == 0) {
            return takeOnDemand(room, run, now);
        }
        var place = takeProvisioned(room, provision, ready, run, now);
        if (place != null) {
            metrics.provisioned();
            return place;
        }
        urgeWhereOthersHave(provision.pool());
        place = takeOnDemand(room, run, now);
        if (place != null) {
            metrics.spillover();
        }
        return place;
    }

    private int usable(Provision provision) {
        return usable.applyAsInt(provision.pool().version());
    }

    private @Nullable Place takeProvisioned(FunctionRoom room, Provision provision, int ready, long run, long now) {
        var pool = provision.pool();
        var ticket = tokens.enter(pool, run, now);
        if (ticket.isEmpty()) {
            return null;
        }
        room.entered(pool, run);
        running.incrementAndGet();
        if (tokens.running(pool) > ready || !provision.requests().take(REQUESTS * tokens.tokens(pool), now - started)) {
            giveBack(room, pool);
            return null;
        }
        return place(room, pool, run, ticket.get());
    }

    private Place place(FunctionRoom room, Pool pool, long run, Ticket ticket) {
        return new Place(room, pool, run, ticket.startBefore(), ticket.overBy());
    }

    private @Nullable Place takeOnDemand(FunctionRoom room, long run, long now) {
        var pool = room.pool();
        var ticket = tokens.enter(pool, run, now);
        if (ticket.isEmpty()) {
            return null;
        }
        int together = room.entered(pool, run);
        running.incrementAndGet();
        // A lower limit holds from here on, and not only from the next grant.
        if (room.isBeyond(pool, tokens) || tokens.running(pool) > limits.of(pool)) {
            giveBack(room, pool);
            return null;
        }
        if (!takeRequest(room, pool, now - started)
                || !room.scaling().allows(together, tokens.tokens(pool), limit(pool), now - started)) {
            giveBack(room, pool);
            tokens.refuse(pool);
            urgeWhereOthersHave(pool);
            throw LambdaApiException.throttled(
                    (pool.equals(UNRESERVED) ? Throttle.RATE : Throttle.RESERVED_RATE).reason());
        }
        return place(room, pool, run, ticket.get());
    }

    private int limit(Pool pool) {
        return Math.max(1, tokens.limit(pool));
    }

    private boolean takeRequest(FunctionRoom room, Pool pool, long now) {
        var bucket = pool.equals(UNRESERVED) ? unreservedRequests : room.requests();
        return bucket.take(REQUESTS * tokens.tokens(pool), now);
    }

    private boolean isWorthAsking(FunctionRoom room, Version version, long run, long now) {
        if (isWorthAsking(room.pool(), run, now)) {
            return true;
        }
        var provision = room.provision(version);
        return provision != null && usable(provision) > 0 && isWorthAsking(provision.pool(), run, now);
    }

    private boolean isWorthAsking(Pool pool, long run, long now) {
        return tokens.isWorthAsking(pool, run, limits.of(pool), FRESH, now);
    }

    private LambdaApiException refusal(FunctionRoom room, long now) {
        if (!tokens.holdsLease(now)) {
            return new LambdaApiException(
                    ErrorCode.SERVICE_UNAVAILABLE, "The limits of the account are not known at the moment.");
        }
        var pool = room.pool();
        var throttle =
                pool.equals(UNRESERVED) || tokens.isShort(pool) ? Throttle.CONCURRENCY : Throttle.RESERVED_CONCURRENCY;
        return LambdaApiException.throttled(throttle.reason());
    }

    private void giveBack(FunctionRoom room, Pool pool) {
        running.decrementAndGet();
        tokens.leave(room.left(pool));
    }

    private void urgeWhereOthersHave(Pool pool) {
        if (tokens.tokens(pool) < tokens.limit(pool)) {
            urge();
        }
    }

    private void urge() {
        if (renewals.urge()) {
            urged.run();
        }
    }

    // ---- For whoever keeps the exchange with the owner going.

    /** Sets what is called, quickly, when {@link #step} should be called earlier than it said. */
    public void onUrge(Runnable listener) {
        urged = listener;
    }

    /**
     * Looks after what takes time. One thread at a time.
     *
     * @param send takes the next request, where one is due
     * @return in how many nanoseconds to call again at the latest
     */
    public synchronized long step(Consumer<LotRequest> send) {
        long now = nanos.getAsLong();
        for (var place = abandoned.peek(); place != null && now - place.overBy >= 0; place = abandoned.peek()) {
            abandoned.remove(place);
            place.leave();
        }
        settle(now);
        waiting.serveAll(this::judge);
        if (!waiting.isEmpty() || tokens.hasToGiveBack()) {
            renewals.urge();
        }
        if (renewals.dueIn(tokens.isAnswered(), now) <= 0) {
            ask(send, now);
        }
        long due = Math.min(renewals.dueIn(tokens.isAnswered(), now), IDLE);
        return waiting.isEmpty() && unsettled.isEmpty() ? due : Math.min(due, LOOKED_AFTER);
    }

    private void ask(Consumer<LotRequest> send, long now) {
        renewals.asking(now);
        metrics.asking(tokens.holdsLease(now));
        send.accept(tokens.ask(now));
    }

    private void settle(long now) {
        unsettled.removeIf(room -> {
            room.settle(tokens, now);
            return room.isSettled();
        });
    }

    /** Takes in a grant to any router: one of its own, or what tells it that another is short of what this one has. */
    public void hear(LotGrant grant) {
        if (!grant.holder().equals(tokens.id())) {
            grant.lots().forEach((pool, lot) -> {
                if (lot.isShort() && tokens.hasIdle(pool)) {
                    if (lot.isPressing()) {
                        renewals.hurry();
                    }
                    urge();
                }
            });
            return;
        }
        boolean changed = tokens.accept(grant);
        renewals.answered(changed, grant.lease());
        metrics.granted();
        settle(nanos.getAsLong());
        waiting.serveAll(this::judge);
        if (!waiting.isEmpty() || tokens.hasToGiveBack()) {
            urge();
        }
    }

    /** Gives back everything but what runs, for good: nothing is admitted any more. */
    public synchronized LotRequest farewell() {
        return tokens.farewell(nanos.getAsLong());
    }

    public HolderId id() {
        return tokens.id();
    }

    /** Whether no answer of the owner is on its way, as far as this router knows. */
    public boolean isAnswered() {
        return tokens.isAnswered();
    }

    /** Why this router admits nothing, where it does not. */
    public Optional<String> problem() {
        return tokens.holdsLease(nanos.getAsLong())
                ? Optional.empty()
                : Optional.of(
                        "the owner of the account's limits has granted nothing yet, or has not answered for too long");
    }

    public AccountQuotas quotas() {
        return limits.quotas();
    }
}
