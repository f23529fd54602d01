package io.kappa.router.admission;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.router.admission.lots.LotHolder;
import io.kappa.router.admission.lots.Pool;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What runs of one function, and on tokens of which pool: the function's own, or the one that is shared by all without a reservation. While
 * a reservation comes or goes it may be some of each. An invocation is not told by which of these tokens it has, because it is all the same
 * as long as each of them would do for each.
 */
final class FunctionRoom {
    private static final Pool UNRESERVED = new Pool.Unreserved();

    private final FunctionArn function;
    private final Pool own;
    private final AtomicInteger onOwn = new AtomicInteger();
    private final AtomicInteger onUnreserved = new AtomicInteger();
    private final AtomicInteger onProvisioned = new AtomicInteger();
    private final AtomicLong longestRun = new AtomicLong();
    private final RateLimit requests = new RateLimit(TimeUnit.SECONDS.toNanos(1));
    private final ScalingRate scaling = new ScalingRate();
    private volatile Pool pool;
    private volatile Map<Version, Provision> provisions = Map.of();

    /** What of a version is provisioned, and the requests that this is for. */
    record Provision(Pool.Provisioned pool, RateLimit requests) {}

    FunctionRoom(FunctionArn function, Pool pool) {
        this.function = function;
        this.own = new Pool.Reserved(function);
        this.pool = pool;
    }

    /** Where invocations that come now take their tokens from, where nothing is provisioned of their version or all of it is in use. */
    Pool pool() {
        return pool;
    }

    void pool(Pool changed) {
        pool = changed;
    }

    /** From now on something is provisioned of these versions. One caller at a time. */
    void provision(Set<Version> versions) {
        var before = provisions;
        provisions = versions.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), version -> {
            var known = before.get(version);
            return known == null
                    ? new Provision(
                            new Pool.Provisioned(new VersionArn(function, version)),
                            new RateLimit(TimeUnit.SECONDS.toNanos(1)))
                    : known;
        }));
    }

    Set<Version> provisioned() {
        return provisions.keySet();
    }

    /** Null where nothing is provisioned of the version. */
    @Nullable
    Provision provision(Version version) {
        return provisions.get(version);
    }

    private AtomicInteger on(Pool which) {
        return switch (which) {
            case Pool.Unreserved _ -> onUnreserved;
            case Pool.Reserved _ -> onOwn;
            case Pool.Provisioned _ -> onProvisioned;
        };
    }

    int running() {
        return onDemand() + onProvisioned.get();
    }

    /** What runs on other tokens than those for what is provisioned. */
    private int onDemand() {
        return onOwn.get() + onUnreserved.get();
    }

    /** Whether all that runs has tokens of the pool that the function has now. */
    boolean isSettled() {
        return on(other(pool)).get() == 0;
    }

    private Pool other(Pool which) {
        return which.equals(UNRESERVED) ? own : UNRESERVED;
    }

    /** Whether the function has a reservation of its own, and so much of it runs that no more may, on whatever tokens. */
    boolean isBeyond(Pool entered, LotHolder tokens) {
        return !entered.equals(UNRESERVED) && onUnreserved.get() > 0 && onDemand() > tokens.tokens(entered);
    }

    /** Counts one more on a token of that pool. @return how many run now that are not on what is provisioned */
    int entered(Pool entered, long run) {
        if (run > longestRun.get()) {
            longestRun.accumulateAndGet(run, Math::max);
        }
        on(entered).incrementAndGet();
        return onDemand();
    }

    /** Counts one less. @return the pool whose token that leaves */
    Pool left(Pool entered) {
        if (entered instanceof Pool.Provisioned) {
            onProvisioned.decrementAndGet();
            return entered;
        }
        while (true) {
            if (countDown(on(entered))) {
                return entered;
            }
            if (countDown(on(other(entered)))) {
                return other(entered);
            }
        }
    }

    private static boolean countDown(AtomicInteger count) {
        while (true) {
            int before = count.get();
            if (before == 0) {
                return false;
            }
            if (count.compareAndSet(before, before - 1)) {
                return true;
            }
        }
    }

    /** Has what runs take its tokens from the function's present pool, as far as there are any. */
    void settle(LotHolder tokens, long now) {
        var to = pool;
        var from = other(to);
        // What leaves meanwhile finds one too many counted, and never one too few.
        while (on(from).get() > 0 && tokens.transfer(to, longestRun.get(), now)) {
            on(to).incrementAndGet();
            if (countDown(on(from))) {
                tokens.leave(from);
            } else {
                tokens.leave(left(to));
                return;
            }
        }
    }

    RateLimit requests() {
        return requests;
    }

    ScalingRate scaling() {
        return scaling;
    }
}
