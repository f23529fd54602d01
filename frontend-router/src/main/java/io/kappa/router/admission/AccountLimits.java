package io.kappa.router.admission;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.router.admission.lots.Pool;
import io.kappa.router.admission.lots.PoolLimits;
import io.kappa.router.registry.AccountQuotas;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an account may have running, by pool, and how long invocations of a pool may run, as the registry's view tells it from now on. Any
 * thread reads.
 */
public final class AccountLimits {
    /**
     * How much longer than its timeout an invocation may run once a worker has begun it: until the worker has noticed, and the processes
     * are gone. What a worker that stands still for longer leaves running is counted too briefly.
     */
    private static final long ENFORCED_WITHIN = TimeUnit.SECONDS.toNanos(5);

    private static final Pool UNRESERVED = new Pool.Unreserved();

    private final AccountQuotas quotas;
    private final String account;
    private final String region;
    private final RegistryView view;
    private final Map<FunctionArn, Known> functions = new ConcurrentHashMap<>();
    private final TreeMap<Integer, Integer> unreservedTimeouts = new TreeMap<>();
    private final List<Consumer<FunctionArn>> followers = new CopyOnWriteArrayList<>();
    private volatile int allocated;
    private volatile int longestUnreserved;
    private volatile @Nullable PoolLimits limits;

    /**
     * @param reserved null where nothing is
     * @param provisioned how many environments are to be kept ready of which version
     * @param timeout the longest of its versions, in seconds
     */
    private record Known(@Nullable Integer reserved, Map<Version, Integer> provisioned, int timeout) {
        private int provisionedInAll() {
            return provisioned.values().stream().mapToInt(Integer::intValue).sum();
        }

        /** What no other function can have. */
        int allocated() {
            return reserved == null ? provisionedInAll() : reserved;
        }

        /** What is reserved and not provisioned. */
        int onDemand() {
            return reserved == null ? 0 : Math.max(0, reserved - provisionedInAll());
        }

        /** Where less is reserved than is provisioned, the reservation holds, and earlier versions come first. */
        int provisioned(Version version) {
            int left = reserved == null ? Integer.MAX_VALUE : reserved;
            for (var each : provisioned.entrySet()) {
                int share = Math.min(left, each.getValue());
                if (each.getKey().equals(version)) {
                    return share;
                }
                left -= share;
            }
            return 0;
        }
    }

    /** @param view tells what is reserved, also from now on */
    public AccountLimits(AccountQuotas quotas, String account, String region, RegistryView view) {
        this.quotas = quotas;
        this.account = account;
        this.region = region;
        this.view = view;
        view.follow(this::changed);
    }

    private void changed(FunctionArn function) {
        if (!function.account().equals(account) || !function.region().equals(region)) {
            return;
        }
        synchronized (this) {
            var after = view.function(function).map(AccountLimits::known).orElse(null);
            var before = after == null ? functions.remove(function) : functions.put(function, after);
            if (before != null && before.reserved() == null) {
                unreservedTimeouts.computeIfPresent(before.timeout(), (_, count) -> count == 1 ? null : count - 1);
            }
            if (after != null && after.reserved() == null) {
                unreservedTimeouts.merge(after.timeout(), 1, Integer::sum);
            }
            longestUnreserved = unreservedTimeouts.isEmpty() ? 0 : unreservedTimeouts.lastKey();
            allocated += (after == null ? 0 : after.allocated()) - (before == null ? 0 : before.allocated());
            limits = null;
        }
        followers.forEach(follower -> follower.accept(function));
    }

    private static Known known(FunctionView function) {
        int timeout = function.versions().values().stream()
                .mapToInt(version -> Math.max(
                        version.requested().configuration().timeoutSeconds(),
                        version.running().configuration().timeoutSeconds()))
                .max()
                .orElse(0);
        return new Known(function.function().reservedConcurrency(), function.provisionedByVersion(), timeout);
    }

    /** Has somebody told of each function of the account, and again whenever it has changed. As {@link RegistryView#follow}. */
    void follow(Consumer<FunctionArn> follower) {
        followers.add(follower);
        functions.keySet().forEach(follower);
    }

    /** Where invocations of the function take their tokens from, but for those that are provisioned. */
    Pool pool(FunctionArn function) {
        var known = functions.get(function);
        return known == null || known.reserved() == null ? UNRESERVED : new Pool.Reserved(function);
    }

    int of(Pool pool) {
        return switch (pool) {
            case Pool.Unreserved _ -> quotas.unreserved(allocated);
            case Pool.Reserved(var function) -> {
                var known = functions.get(function);
                yield known == null ? 0 : known.onDemand();
            }
            case Pool.Provisioned(var version) -> {
                var known = functions.get(version.function());
                yield known == null ? 0 : known.provisioned(version.version());
            }
        };
    }

    /** The versions of the function of which environments are to be kept ready. */
    Set<Version> provisioned(FunctionArn function) {
        var known = functions.get(function);
        return known == null ? Set.of() : known.provisioned().keySet();
    }

    /** What is reserved for functions, or provisioned of those without a reservation. */
    int allocated() {
        return allocated;
    }

    AccountQuotas quotas() {
        return quotas;
    }

    /** All of it. */
    public PoolLimits current() {
        var current = limits;
        return current == null ? gather() : current;
    }

    private synchronized PoolLimits gather() {
        var pools = new HashMap<Pool, Integer>();
        pools.put(UNRESERVED, quotas.unreserved(allocated));
        functions.forEach((function, known) -> {
            if (known.reserved() != null) {
                pools.put(new Pool.Reserved(function), known.onDemand());
            }
            for (var version : known.provisioned().keySet()) {
                pools.put(new Pool.Provisioned(new VersionArn(function, version)), known.provisioned(version));
            }
        });
        var gathered = new PoolLimits(quotas.concurrentExecutions(), pools);
        limits = gathered;
        return gathered;
    }

    /** In nanoseconds, the longest time that an invocation of the pool may run once a worker has begun it. */
    long longestRun(Pool pool) {
        return switch (pool) {
            case Pool.Unreserved _ -> run(longestUnreserved);
            case Pool.Reserved(var function) -> longestRun(function);
            case Pool.Provisioned(var version) -> longestRun(version.function());
        };
    }

    private long longestRun(FunctionArn function) {
        var known = functions.get(function);
        return run(known == null ? 0 : known.timeout());
    }

    /** In nanoseconds, the longest time that an invocation with that timeout may run once a worker has begun it. */
    static long run(int timeoutSeconds) {
        return TimeUnit.SECONDS.toNanos(timeoutSeconds) + ENFORCED_WITHIN;
    }
}
