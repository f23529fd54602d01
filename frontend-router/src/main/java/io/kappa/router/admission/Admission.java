package io.kappa.router.admission;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.AccountQuotas;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Keeps an account and its functions to their limits: what is reserved for a function, what the others share, what the account has in all,
 * how many requests come in a second, and how fast functions grow. Knows what runs through this router alone: of several, each admits as
 * much as one may.
 *
 * <p>Called by all event loops at once, without a lock. What is counted too high for an instant, by one who is about to be refused, may
 * refuse another; nothing is ever counted too low.
 */
public final class Admission {
    /** Requests in a second, for each invocation that may run at once. */
    private static final long REQUESTS = 10;

    private final AccountQuotas quotas;
    private final String account;
    private final String region;
    private final RegistryView view;
    private final MeterRegistry meters;
    private final LongSupplier nanos;
    private final long started;

    /** As many as functions that were ever invoked or had a reservation, fewer than the registry remembers. */
    private final Map<FunctionArn, FunctionRoom> rooms = new ConcurrentHashMap<>();

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger unreserved = new AtomicInteger();
    private final RateLimit unreservedRequests = new RateLimit(TimeUnit.SECONDS.toNanos(1));
    private volatile int reservedByAll;

    /** What an admitted invocation holds until it ends. Left by whoever notices the end, and counted once however many do. */
    public final class Place {
        private final FunctionRoom room;
        private final AtomicBoolean left = new AtomicBoolean();

        private Place(FunctionRoom room) {
            this.room = room;
        }

        public void leave() {
            if (left.compareAndSet(false, true)) {
                giveBack(room);
            }
        }
    }

    /**
     * @param view tells what is reserved, also from now on
     * @param nanos a clock that never goes back, such as {@link System#nanoTime}
     */
    public Admission(
            AccountQuotas quotas,
            String account,
            String region,
            RegistryView view,
            MeterRegistry meters,
            LongSupplier nanos) {
        this.quotas = quotas;
        this.account = account;
        this.region = region;
        this.view = view;
        this.meters = meters;
        this.nanos = nanos;
        this.started = nanos.getAsLong();
        Gauge.builder("kappa.router.concurrent.executions", running, AtomicInteger::get)
                .description("Invocations that run")
                .register(meters);
        Gauge.builder("kappa.router.unreserved.concurrent.executions", unreserved, AtomicInteger::get)
                .description("Invocations that run of functions without reserved concurrency")
                .register(meters);
        Gauge.builder("kappa.router.claimed.account.concurrency", this, Admission::claimed)
                .description(
                        "Concurrency of the account that is reserved, or in use by functions without a reservation")
                .register(meters);
        view.follow(this::changed);
    }

    private double claimed() {
        return (double) reservedByAll + unreserved.get();
    }

    /** Takes over what is reserved for the function now. */
    private synchronized void changed(FunctionArn function) {
        if (!function.account().equals(account) || !function.region().equals(region)) {
            return;
        }
        var found = view.function(function).orElse(null);
        var reserved = found == null ? null : found.function().reservedConcurrency();
        var known = rooms.get(function);
        if (reserved == null && (known == null || !known.isReserved())) {
            return;
        }
        var room = known == null ? room(function) : known;
        int before = room.isReserved() ? room.reserved() : 0;
        int after = Objects.requireNonNullElse(reserved, 0);
        // Of the pool and its limit, what makes room goes last.
        if (after > before) {
            reservedByAll += after - before;
        }
        if (reserved == null) {
            room.release();
        } else {
            room.reserve(reserved);
        }
        if (after < before) {
            reservedByAll -= before - after;
        }
    }

    private FunctionRoom room(FunctionArn function) {
        var room = rooms.get(function);
        return room == null ? rooms.computeIfAbsent(function, this::newRoom) : room;
    }

    private FunctionRoom newRoom(FunctionArn function) {
        var room = new FunctionRoom(unreserved);
        Gauge.builder("kappa.router.function.concurrent.executions", room, FunctionRoom::running)
                .description("Invocations that run of one function")
                .tag("function", function.name().value())
                .register(meters);
        return room;
    }

    /** @throws LambdaApiException where a limit is reached; its reason says which */
    public Place enter(FunctionArn function) {
        var room = room(function);
        int together = room.enter(quotas.unreserved(reservedByAll));
        if (together == 0) {
            throw refusal(room.isReserved() ? Throttle.RESERVED_CONCURRENCY : Throttle.CONCURRENCY);
        }
        // Pools come to more than the account has while what runs changes pools, or after the quota was lowered.
        if (!FunctionRoom.countUpTo(running, quotas.concurrentExecutions())) {
            room.leave();
            throw refusal(Throttle.CONCURRENCY);
        }
        long now = nanos.getAsLong() - started;
        if (!takeRequest(room, now) || !room.scaling().allows(together, now)) {
            giveBack(room);
            throw refusal(room.isReserved() ? Throttle.RESERVED_RATE : Throttle.RATE);
        }
        return new Place(room);
    }

    private boolean takeRequest(FunctionRoom room, long now) {
        return room.isReserved()
                ? room.requests().take(REQUESTS * room.reserved(), now)
                : unreservedRequests.take(REQUESTS * quotas.unreserved(reservedByAll), now);
    }

    private void giveBack(FunctionRoom room) {
        running.decrementAndGet();
        room.leave();
    }

    private static LambdaApiException refusal(Throttle throttle) {
        return LambdaApiException.throttled(throttle.reason());
    }

    public AccountQuotas quotas() {
        return quotas;
    }
}
